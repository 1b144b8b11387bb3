use std::fmt::Write;

use crate::{Page, Snapshot};

/// How the browser is to speak to the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Tls,
}

/// The proxy auto-configuration file: everything goes to the gate but this machine and the school's own names.
/// It ends in no `DIRECT`: when the gate is down, nothing goes round it (FIL-28). `None` when the gate has no
/// TLS port and one is asked for.
pub(crate) fn pac(snapshot: &Snapshot, kind: Kind) -> Option<Page> {
    let settings = &snapshot.settings;
    let host: String = settings.proxy.host.chars().filter(|it| in_a_name(*it)).collect();
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let proxy = match kind {
        Kind::Plain => format!("PROXY {host}:{}", settings.proxy.port),
        Kind::Tls => format!("HTTPS {host}:{}", settings.proxy.tls_port?),
    };
    let mut direct = String::new();
    for name in &settings.local_names {
        let name: String = name.trim_start_matches('.').chars().filter(|it| in_a_name(*it)).collect();
        if !name.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(
                direct,
                "  if (host === \"{name}\" || dnsDomainIs(host, \".{name}\")) return \"DIRECT\";"
            );
        }
    }
    let gate: String = settings.gate_name.chars().filter(|it| in_a_name(*it)).collect();
    let body = format!(
        "function FindProxyForURL(url, host) {{\n  host = host.toLowerCase();\n  if (host === \"{gate}\") return \"{proxy}\";\n  \
         if (isPlainHostName(host) && host.indexOf(\":\") < 0) return \"DIRECT\";\n  \
         if (host === \"127.0.0.1\" || host === \"::1\" || host === \"[::1]\") return \"DIRECT\";\n{direct}  \
         return \"{proxy}\";\n}}\n"
    );
    Some(Page {
        status: 200,
        content_type: "application/x-ns-proxy-autoconfig",
        body: body.into_bytes(),
        headers: vec![
            ("cache-control", "max-age=3600".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
        ],
    })
}

/// What a host name or address is made of; nothing else gets into a script.
pub(super) fn in_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn text(kind: Kind, change: impl FnOnce(&mut crate::Settings)) -> Option<String> {
        let mut snapshot = sample::snapshot();
        change(&mut snapshot.settings);
        pac(&snapshot, kind).map(|it| String::from_utf8(it.body).expect("text"))
    }

    #[test]
    fn everything_goes_to_the_gate_but_the_schools_own_names() {
        let text =
            text(Kind::Plain, |it| it.local_names = vec![".intranet.example.org".into()]).expect("a file");
        insta::assert_snapshot!(text, @r#"
        function FindProxyForURL(url, host) {
          host = host.toLowerCase();
          if (host === "gate.school.test") return "PROXY gate.school.test:3128";
          if (isPlainHostName(host) && host.indexOf(":") < 0) return "DIRECT";
          if (host === "127.0.0.1" || host === "::1" || host === "[::1]") return "DIRECT";
          if (host === "intranet.example.org" || dnsDomainIs(host, ".intranet.example.org")) return "DIRECT";
          return "PROXY gate.school.test:3128";
        }
        "#);
    }

    #[test]
    fn over_tls_only_where_the_gate_listens_for_it() {
        let with = text(Kind::Tls, |it| it.proxy.tls_port = Some(3129)).expect("a file");
        assert!(with.contains("return \"HTTPS gate.school.test:3129\""), "{with}");
        assert_eq!(text(Kind::Tls, |it| it.proxy.tls_port = None), None);
    }

    #[test]
    fn no_setting_can_put_words_into_the_script() {
        let text =
            text(Kind::Plain, |it| it.local_names = vec!["x\"; return \"DIRECT".into()]).expect("a file");
        assert!(text.contains("\"xreturnDIRECT\""), "{text}");
    }
}
