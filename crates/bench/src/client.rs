//! The least client that HTTP/1.1 needs (RFC 9112): requests that were written before, answers of a known
//! length, one connection.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use http_signatures::SignedHeaders;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::Fault;

/// Where looks are asked for.
pub(crate) const PATH: &str = "/api/v1/inquiries";

/// A signed request as it goes over the wire.
pub(crate) fn request(host: &str, signed: &SignedHeaders, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         content-digest: {}\r\nsignature-input: {}\r\nsignature: {}\r\n\r\n",
        body.len(),
        signed.content_digest.as_deref().unwrap_or_default(),
        signed.signature_input,
        signed.signature,
    );
    let mut request = head.into_bytes();
    request.extend_from_slice(body);
    request
}

/// A connection that stays open.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(at: SocketAddr) -> Result<Self, Fault> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        })
    }

    /// Asks, and answers how long the whole answer took. It is a fault if it shows no record.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Duration, Fault> {
        let started = Instant::now();
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut piece = [0; 8 * 1024];
        let mut end = None;
        while end.is_none_or(|end| self.buffer.len() < end) {
            let read = self.stream.read(&mut piece).await?;
            if read == 0 {
                return Err("the server closed the connection".into());
            }
            self.buffer.extend_from_slice(&piece[..read]);
            if end.is_none() {
                end = length(&self.buffer)?;
            }
        }
        let took = started.elapsed();
        let answer = String::from_utf8_lossy(&self.buffer);
        if !answer.starts_with("HTTP/1.1 200 ") || !answer.contains("\"records\":[{") {
            let code = answer.lines().next().unwrap_or_default().to_owned();
            return Err(format!("a look was answered {code}, or without a record").into());
        }
        Ok(took)
    }
}

/// The length of head and body, once the head is there.
fn length(answer: &[u8]) -> Result<Option<usize>, Fault> {
    let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&answer[..head])?;
    let body = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .ok_or("an answer of unknown length")?;
    Ok(Some(head + 4 + body.1.trim().parse::<usize>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_known_once_the_head_is_there() {
        assert_eq!(length(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n").unwrap(), None);
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(length(answer).unwrap(), Some(answer.len()));
        assert!(length(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
