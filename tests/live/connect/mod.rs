//! The way to the API server: which one is taken, and what is said where there is none. The real binary runs against real
//! sockets: servers that show certificates made by OpenSSL, proxies, and a real API server.

mod causes;
mod credentials;
mod files;
mod memory;
mod program;
mod proxies;
mod proxy;
mod restore;
