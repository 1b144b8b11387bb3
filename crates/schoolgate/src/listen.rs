use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use anyhow::bail;
use socket2::{Domain, Protocol, Socket, Type};

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 4_096;

/// Listens on every address, each family for itself, so that `0.0.0.0` and `[::]` stand side by side.
///
/// # Errors
/// In words, naming `key`, the configuration key that says otherwise.
pub(crate) fn listen(addresses: &[SocketAddr], key: &str) -> anyhow::Result<Vec<TcpListener>> {
    addresses.iter().map(|it| one(*it).or_else(|fault| bail!(words(*it, key, &fault)))).collect()
}

fn one(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn words(address: SocketAddr, key: &str, fault: &io::Error) -> String {
    let port = address.port();
    match fault.kind() {
        io::ErrorKind::AddrInUse => format!(
            "{address} is used by another program: stop it (`ss -ltnp 'sport = :{port}'` shows it), or change {key}"
        ),
        io::ErrorKind::PermissionDenied => format!(
            "{address} may not be used by this user: choose a port above 1023 in {key}, or grant CAP_NET_BIND_SERVICE"
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!("{address} is not an address of this machine (`ip address` shows them): change {key}")
        }
        _ => format!("{address} cannot be listened on: {fault} ({key})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_used_port_says_which_and_what_to_do() {
        let taken = listen(&[SocketAddr::from(([127, 0, 0, 1], 0))], "gate.listen").expect("any port");
        let address = taken[0].local_addr().expect("bound");
        let said = listen(&[address], "gate.listen").expect_err("taken").to_string();
        assert!(
            said.contains(&address.to_string()) && said.contains("gate.listen") && said.contains("ss -ltnp"),
            "{said}"
        );
    }

    #[test]
    fn an_address_of_another_machine_is_named() {
        let said = listen(&[SocketAddr::from(([203, 0, 113, 9], 0))], "gate.listen")
            .expect_err("not ours")
            .to_string();
        assert!(said.contains("203.0.113.9:0 is not an address of this machine"), "{said}");
    }
}
