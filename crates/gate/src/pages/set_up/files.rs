use base64::{Engine, engine::general_purpose::STANDARD};
use maud::html;

use crate::{Page, Snapshot};

/// One form of the school's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum File {
    Der,
    Pem,
    /// Apple's configuration profile.
    Profile,
    /// Firefox's enterprise policies.
    Policies,
}

impl File {
    pub(crate) const ALL: &[File] = &[File::Der, File::Pem, File::Profile, File::Policies];

    pub(crate) fn named(name: &str) -> Option<File> {
        File::ALL.iter().copied().find(|it| it.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            File::Der => "school.crt",
            File::Pem => "school.pem",
            File::Profile => "school.mobileconfig",
            File::Policies => "policies.json",
        }
    }

    pub(super) fn about(self) -> &'static str {
        match self {
            File::Der => "for Windows and Android (DER)",
            File::Pem => "for Linux, ChromeOS and Firefox (PEM)",
            File::Profile => "for iPad, iPhone and Mac",
            File::Policies => "for Firefox on many computers",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            File::Der => "application/x-x509-ca-cert",
            File::Pem => "application/x-pem-file",
            File::Profile => "application/x-apple-aspen-config",
            File::Policies => "application/json",
        }
    }
}

pub(crate) fn file(snapshot: &Snapshot, file: File, authority: &[u8]) -> Page {
    let body = match file {
        File::Der => authority.to_vec(),
        File::Pem => pem(authority).into_bytes(),
        File::Profile => profile(snapshot, authority).into_bytes(),
        File::Policies => policies(snapshot).into_bytes(),
    };
    Page {
        status: 200,
        content_type: file.content_type(),
        body,
        headers: vec![
            ("content-disposition", format!("attachment; filename=\"{}\"", file.name())),
            ("cache-control", "no-store".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
        ],
    }
}

/// RFC 7468: lines of 64.
pub(super) fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|it| char::from(*it)));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

/// A profile with one root certificate (Apple, Configuration Profile Reference). Its identifiers follow from the
/// certificate, so that installing it again replaces it.
fn profile(snapshot: &Snapshot, authority: &[u8]) -> String {
    let school = snapshot.school.name.as_str();
    let id = |what: &str| {
        let hash = blake3::derive_key(what, authority);
        let hex = format!("{:032X}", hash[..16].iter().fold(0_u128, |bits, it| bits << 8 | u128::from(*it)));
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    };
    let (whole, part) = (id("schoolgate 2026 profile"), id("schoolgate 2026 profile certificate"));
    let plist = html! {
        dict {
            key { "PayloadContent" }
            array {
                dict {
                    key { "PayloadCertificateFileName" } string { "school.crt" }
                    key { "PayloadContent" } data { (STANDARD.encode(authority)) }
                    key { "PayloadDisplayName" } string { (school) " certificate" }
                    key { "PayloadIdentifier" } string { "schoolgate.certificate." (part) }
                    key { "PayloadType" } string { "com.apple.security.root" }
                    key { "PayloadUUID" } string { (part) }
                    key { "PayloadVersion" } integer { "1" }
                }
            }
            key { "PayloadDescription" } string { "Lets the school’s gate show its pages and keep people safe." }
            key { "PayloadDisplayName" } string { (school) " internet" }
            key { "PayloadIdentifier" } string { "schoolgate." (whole) }
            key { "PayloadOrganization" } string { (school) }
            key { "PayloadRemovalDisallowed" } "@false@"
            key { "PayloadType" } string { "Configuration" }
            key { "PayloadUUID" } string { (whole) }
            key { "PayloadVersion" } integer { "1" }
        }
    };
    // An empty element in HTML needs no end; in XML it does.
    let plist = plist.into_string().replace("@false@", "<false/>");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">{plist}</plist>\n"
    )
}

/// Firefox trusts what the computer trusts, asks the gate for the way, and does not go round it by DNS over HTTPS.
fn policies(snapshot: &Snapshot) -> String {
    let proxy = &snapshot.settings.proxy;
    let host: String = proxy.host.chars().filter(|it| super::pac::in_a_name(*it)).collect();
    format!(
        r#"{{
  "policies": {{
    "Certificates": {{ "ImportEnterpriseRoots": true }},
    "DNSOverHTTPS": {{ "Enabled": false, "Locked": true }},
    "Proxy": {{ "Mode": "autoConfig", "AutoConfigURL": "http://{host}:{port}/proxy.pac", "Locked": true }}
  }}
}}
"#,
        port = proxy.port
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn the_certificate_reads_the_same_in_every_form() {
        let der: Vec<u8> = (0..=255).cycle().take(700).collect();
        let text = pem(&der);
        let inner: String = text.lines().filter(|it| !it.starts_with('-')).collect();
        assert_eq!(STANDARD.decode(inner).expect("base64"), der);
        assert!(text.lines().all(|it| it.len() <= 64));

        let profile = profile(&sample::snapshot(), &der);
        let data = profile.split("<data>").nth(1).and_then(|it| it.split("</data>").next()).expect("data");
        assert_eq!(STANDARD.decode(data).expect("base64"), der);
        assert!(profile.contains("<string>com.apple.security.root</string>"), "{profile}");
        assert!(profile.contains("<false/>") && !profile.contains('@'), "{profile}");
    }
}
