//! One row as bytes in the journal: fixed fields first, then what varies, each with its length.
//!
//! Closed lists are written as their codes, which never change; categories as their bits, which never move.
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use jiff::Timestamp;
use policy::{Because, Category, CategorySet, Scheme, Seen};
use school::{Choice, Id, Person, School};

/// Adds one row, with its length before it.
pub(crate) fn put(out: &mut Vec<u8>, seen: &Seen) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&seen.at.as_microsecond().to_le_bytes());
    out.extend_from_slice(&seen.school.as_u128().to_le_bytes());
    match seen.person {
        Some(person) => {
            out.push(1);
            out.extend_from_slice(&person.as_u128().to_le_bytes());
        }
        None => out.push(0),
    }
    match seen.address {
        IpAddr::V4(it) => {
            out.push(4);
            out.extend_from_slice(&it.octets());
        }
        IpAddr::V6(it) => {
            out.push(6);
            out.extend_from_slice(&it.octets());
        }
    }
    out.extend_from_slice(&seen.port.to_le_bytes());
    out.extend_from_slice(&seen.status.to_le_bytes());
    out.extend_from_slice(&seen.because.matched.to_le_bytes());
    out.extend_from_slice(&seen.took.to_le_bytes());
    out.extend_from_slice(&seen.bytes_in.to_le_bytes());
    out.extend_from_slice(&seen.bytes_out.to_le_bytes());
    out.extend_from_slice(&seen.categories.bits().to_le_bytes());
    text(out, seen.method.code());
    text(out, seen.scheme.as_str());
    text(out, seen.outcome.code());
    text(out, seen.carried.code());
    text(out, seen.because.step.code());
    text(out, &seen.host);
    text_or_none(out, seen.device.as_deref());
    text_or_none(out, seen.path.as_deref());
    text_or_none(out, seen.search.as_deref());
    text_or_none(out, seen.because.rule.as_deref());
    text_or_none(out, seen.because.list.as_deref());
    text_or_none(out, seen.because.category.map(Category::code));
    text_or_none(out, seen.because.profile.as_deref());
    let len = u32::try_from(out.len() - start - 4).unwrap_or(u32::MAX);
    out[start..start + 4].copy_from_slice(&len.to_le_bytes());
}

/// The next row and its time in microseconds, without reading the rest of it.
pub(crate) fn skip<'a>(bytes: &mut &'a [u8]) -> Option<(i64, &'a [u8])> {
    let len = u32::from_le_bytes(array(bytes)?);
    let (row, rest) = bytes.split_at_checked(usize::try_from(len).ok()?)?;
    *bytes = rest;
    Some((i64::from_le_bytes(*row.first_chunk()?), row))
}

/// Whether a row can be of this school and this person, told without reading the rest of it.
pub(crate) fn may_be_of(row: &[u8], school: Id<School>, person: Option<Id<Person>>) -> bool {
    let is = |at: usize, id: u128| row.get(at..at + 16) == Some(&id.to_le_bytes());
    is(8, school.as_u128()) && person.is_none_or(|it| row.get(24) == Some(&1) && is(25, it.as_u128()))
}

/// `None`: the bytes are not a row.
pub(crate) fn take(row: &[u8]) -> Option<Seen> {
    let mut bytes = row;
    let it = &mut bytes;
    let at = Timestamp::from_microsecond(i64::from_le_bytes(array(it)?)).ok()?;
    let school = Id::from_u128(u128::from_le_bytes(array(it)?));
    let person = match array(it)? {
        [0] => None,
        [1] => Some(Id::from_u128(u128::from_le_bytes(array(it)?))),
        _ => return None,
    };
    let address = match array(it)? {
        [4] => IpAddr::V4(Ipv4Addr::from(array::<4>(it)?)),
        [6] => IpAddr::V6(Ipv6Addr::from(array::<16>(it)?)),
        _ => return None,
    };
    let port = u16::from_le_bytes(array(it)?);
    let status = u16::from_le_bytes(array(it)?);
    let matched = u16::from_le_bytes(array(it)?);
    let took = u32::from_le_bytes(array(it)?);
    let bytes_in = u64::from_le_bytes(array(it)?);
    let bytes_out = u64::from_le_bytes(array(it)?);
    let categories = CategorySet::from_bits(u128::from_le_bytes(array(it)?));
    let seen = Seen {
        at,
        school,
        person,
        address,
        port,
        status,
        took,
        bytes_in,
        bytes_out,
        categories,
        method: choice(it)?,
        scheme: scheme(take_text(it)?)?,
        outcome: choice(it)?,
        carried: choice(it)?,
        because: Because {
            step: choice(it)?,
            rule: None,
            list: None,
            category: None,
            profile: None,
            matched,
        },
        host: take_text(it)?.into(),
        device: take_text_or_none(it)?.map(Arc::from),
        path: take_text_or_none(it)?.map(Box::from),
        search: take_text_or_none(it)?.map(Box::from),
    };
    let because = Because {
        rule: take_text_or_none(it)?.map(Arc::from),
        list: take_text_or_none(it)?.map(Arc::from),
        category: match take_text_or_none(it)? {
            Some(code) => Some(Category::from_code(code)?),
            None => None,
        },
        profile: take_text_or_none(it)?.map(Arc::from),
        ..seen.because
    };
    it.is_empty().then_some(Seen { because, ..seen })
}

pub(crate) fn scheme(text: &str) -> Option<Scheme> {
    [Scheme::Http, Scheme::Https].into_iter().find(|it| it.as_str() == text)
}

/// Texts that gates hand over are a few thousand bytes at most; a length takes 7 bits a byte, 0 is none.
fn text_or_none(out: &mut Vec<u8>, text: Option<&str>) {
    let mut len = text.map_or(0, |it| it.len() + 1);
    loop {
        let low = u8::try_from(len & 0x7f).unwrap_or(0);
        len >>= 7;
        out.push(if len == 0 { low } else { low | 0x80 });
        if len == 0 {
            break;
        }
    }
    out.extend_from_slice(text.unwrap_or_default().as_bytes());
}

fn text(out: &mut Vec<u8>, text: &str) {
    text_or_none(out, Some(text));
}

#[expect(clippy::option_option, reason = "outside: it does not read; inside: it reads as none")]
fn take_text_or_none<'a>(bytes: &mut &'a [u8]) -> Option<Option<&'a str>> {
    let (mut len, mut shift) = (0_usize, 0);
    loop {
        let [byte] = array(bytes)?;
        len |= usize::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
        if 28 < shift {
            return None;
        }
    }
    let Some(len) = len.checked_sub(1) else { return Some(None) };
    let (text, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    std::str::from_utf8(text).ok().map(Some)
}

fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    take_text_or_none(bytes)?
}

fn choice<T: Choice>(bytes: &mut &[u8]) -> Option<T> {
    T::from_code(take_text(bytes)?)
}

fn array<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*head)
}
