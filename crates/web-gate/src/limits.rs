use std::time::Duration;

/// Bounds on everything that comes from outside. Each has a default that suits a school of 2,000.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections to the gate, all together. Default 20,000.
    pub connections: usize,
    /// Connections from one address. Default 4,000: many may share one behind a router.
    pub connections_per_address: usize,
    /// A request's head, in bytes. Default 64 KiB.
    pub head_size: usize,
    /// Headers in a head. Default 100.
    pub headers: usize,
    /// From a head's first byte to its last. Default 15 s; then 408.
    pub head_time: Duration,
    /// A connection on which nothing is asked. Default 90 s.
    pub idle: Duration,
    /// A body that is being sent to us, or an answer that is not being read, without one byte moving. Default 60 s.
    pub stall: Duration,
    /// What a client may take to begin a hello after `CONNECT`, and to finish it. Default 5 s.
    pub hello_time: Duration,
    /// A TLS handshake, either side. Default 10 s.
    pub handshake: Duration,
    /// Finding a name and connecting to it. Default 10 s.
    pub connect: Duration,
    /// From the end of a request to the head of its answer. Default 300 s.
    pub answer_head: Duration,
    /// An answer's body without one byte from the site. Default 300 s.
    pub answer_silence: Duration,
    /// A tunnel in which nothing moves. Default 15 min.
    pub tunnel_idle: Duration,
    /// How often it is asked, of a tunnel, whether the person's time is over. Default 15 s.
    pub look: Duration,
    /// How long a connection to a site is kept for the next request. Default 30 s.
    pub upstream_idle: Duration,
    /// Kept connections to one site, for each thread. Default 64.
    pub upstream_idle_per_site: usize,
    /// Certificates kept. Default 10,000 (about 2 KiB each).
    pub certificates: u64,
    /// What connections may take to end when the gate closes. Default 10 s.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 20_000,
            connections_per_address: 4_000,
            head_size: 64 * 1024,
            headers: 100,
            head_time: Duration::from_secs(15),
            idle: Duration::from_secs(90),
            stall: Duration::from_mins(1),
            hello_time: Duration::from_secs(5),
            handshake: Duration::from_secs(10),
            connect: Duration::from_secs(10),
            answer_head: Duration::from_mins(5),
            answer_silence: Duration::from_mins(5),
            tunnel_idle: Duration::from_mins(15),
            look: Duration::from_secs(15),
            upstream_idle: Duration::from_secs(30),
            upstream_idle_per_site: 64,
            certificates: 10_000,
            farewell: Duration::from_secs(10),
        }
    }
}
