use std::net::IpAddr;

use ipnet::IpNet;
use policy::Reach;

/// Which addresses the gate may connect to. Public ones always; private, loopback and other special ones only
/// where the school lists them, asked again after a name is resolved, so that no name can lead inside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reachable {
    inside: Vec<IpNet>,
}

impl Reachable {
    /// `inside`: networks of the school that people may reach through the gate.
    pub fn new(inside: Vec<IpNet>) -> Reachable {
        Reachable { inside }
    }

    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        Reach::of(address) == Reach::Public || self.inside.iter().any(|it| it.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_and_listed_networks_are_reached() {
        let closed = Reachable::default();
        let open = Reachable::new(vec!["10.1.0.0/16".parse().unwrap(), "::1/128".parse().unwrap()]);
        let check = |address: &str, without: bool, with: bool| {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(closed.allows(address), without, "{address}");
            assert_eq!(open.allows(address), with, "{address}, with networks listed");
        };
        check("93.184.215.14", true, true);
        check("2606:2800:21f::1", true, true);
        check("127.0.0.1", false, false);
        check("10.1.2.3", false, true);
        check("10.2.2.3", false, false);
        check("::ffff:10.1.2.3", false, true);
        check("::ffff:127.0.0.1", false, false);
        check("::1", false, true);
        check("169.254.169.254", false, false);
        check("100.64.0.1", false, false);
        check("fe80::1", false, false);
        check("64:ff9b::7f00:1", false, false);
        check("2002:7f00:1::", false, false);
    }
}
