use policy::{Host, Scheme, Target};

/// Where requests go: those to one origin may share connections.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub(crate) scheme: Scheme,
    pub(crate) host: Host,
    pub(crate) port: u16,
}

impl Origin {
    pub(crate) fn of(target: &Target) -> Origin {
        Origin { scheme: target.scheme(), host: target.host().clone(), port: target.port() }
    }

    /// As a certificate and a resolver name it: no brackets.
    pub(crate) fn name(&self) -> String {
        match &self.host {
            Host::Name(name) => name.to_string(),
            Host::V4(it) => it.to_string(),
            Host::V6(it) => it.to_string(),
        }
    }

    /// `host:port`, always with the port.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}
