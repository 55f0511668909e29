//! Ports that stay a test's own, also while nothing listens on them.

use std::{
    fmt, fs,
    net::{Ipv4Addr, TcpListener, UdpSocket},
    sync::atomic::{AtomicU16, Ordering},
};

/// Where the search begins, and what Linux gives connections unless told otherwise.
const LOWEST: u16 = 12_000;
const USUAL_EPHEMERAL: u16 = 32_768;

/// A TCP port that no other test gets, in any process, until this is dropped.
///
/// It lies below the ports that the kernel gives to connections and to listeners on port 0, so that a server that
/// is killed and started again finds its port free, and nobody talks to another test's server meanwhile. What
/// keeps it is the UDP socket of the same number, which nobody sends anything to and a crash gives back.
pub struct Port {
    number: u16,
    _held: UdpSocket,
}

impl Port {
    pub fn number(&self) -> u16 {
        self.number
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)
    }
}

pub fn free_port() -> Port {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let end = first_ephemeral();
    // Processes begin at different places, which spares them tries.
    let offset = u16::try_from(std::process::id() % 0x4000).expect("14 bits");
    for _ in LOWEST..end {
        let step = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(offset);
        let number = LOWEST + step % (end - LOWEST);
        let Ok(held) = UdpSocket::bind((Ipv4Addr::LOCALHOST, number)) else { continue };
        if TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok() {
            return Port { number, _held: held };
        }
    }
    panic!("no port is free below {end}");
}

fn first_ephemeral() -> u16 {
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let first = range.split_whitespace().next().and_then(|first| first.parse().ok());
    first.filter(|&first| first > LOWEST + 1_000).unwrap_or(USUAL_EPHEMERAL)
}
