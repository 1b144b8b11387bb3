use std::net::{IpAddr, UdpSocket};

use ipnet::IpNet;
use policy::Reach;

/// Which addresses the gate may connect to. Public ones always; private, loopback and other special ones only
/// where the school lists them, asked again after a name is resolved, so that no name can lead inside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reachable {
    inside: Vec<IpNet>,
    /// Ports on which this machine itself answers: the gate's and the console's.
    own: Vec<u16>,
}

impl Reachable {
    /// `inside`: networks of the school that people may reach through the gate.
    pub fn new(inside: Vec<IpNet>) -> Reachable {
        Reachable { inside, own: Vec::new() }
    }

    /// Never to these ports of this machine, whatever is listed: a request that went through the gate to the gate or
    /// to the console would come from the gate's own address, and no longer from the person's.
    #[must_use]
    pub fn but_own(self, own: Vec<u16>) -> Reachable {
        Reachable { own, ..self }
    }

    pub fn allows_at(&self, address: IpAddr, port: u16) -> bool {
        self.allows(address) && !(self.own.contains(&port) && is_this_machine(address.to_canonical()))
    }

    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        Reach::of(address) == Reach::Public || self.inside.iter().any(|it| it.contains(&address))
    }
}

/// Only an address of this machine can be bound to. Asked for the few ports in question alone.
fn is_this_machine(address: IpAddr) -> bool {
    address.is_loopback() || address.is_unspecified() || UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_and_the_console_are_not_reached_through_the_gate() {
        let inside = vec!["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let reach = Reachable::new(inside).but_own(vec![3128, 8443]);
        let check = |address: &str, port: u16, expected: bool| {
            assert_eq!(reach.allows_at(address.parse().unwrap(), port), expected, "{address}:{port}");
        };
        check("127.0.0.1", 8443, false);
        check("::ffff:127.0.0.1", 3128, false);
        check("127.0.0.1", 80, true);
        check("10.255.255.254", 8443, true);
        check("93.184.215.14", 8443, true);
    }

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
