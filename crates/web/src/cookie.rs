//! Cookies (RFC 6265): reading one by name, and setting one that no script and no other site can use.

use axum::http::{HeaderMap, header};

/// The value of the cookie with this name. Where it came twice, the first counts.
pub(crate) fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(one, _)| *one == name)
        .map(|(_, value)| value.to_owned())
}

/// The header that sets a cookie for `seconds`. `value` has no character that a cookie may not have.
pub(crate) fn set(name: &str, value: &str, seconds: u64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; standing=x.y==; b=2".parse().unwrap());
        headers.append(header::COOKIE, "c=3".parse().unwrap());
        assert_eq!(read(&headers, "standing").as_deref(), Some("x.y=="));
        assert_eq!(read(&headers, "c").as_deref(), Some("3"));
        assert_eq!(read(&headers, "stand"), None);
    }

    #[test]
    fn a_cookie_is_closed_to_scripts_and_goes_in_clear_nowhere_but_on_loopback() {
        assert_eq!(
            set("a", "1", 60, true),
            "a=1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        assert!(!set("a", "1", 60, false).contains("Secure"));
    }
}
