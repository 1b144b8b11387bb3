//! Rows as columns: the schema of segments, which other tools can read too.
use std::{net::IpAddr, sync::Arc};

use arrow_array::{
    Array, ArrayRef, BinaryArray, DictionaryArray, Int64Array, RecordBatch, StringArray, UInt16Array,
    UInt32Array, UInt64Array,
    builder::{
        BinaryDictionaryBuilder, Int64Builder, StringBuilder, StringDictionaryBuilder, UInt16Builder,
        UInt32Builder, UInt64Builder,
    },
    cast::AsArray,
    types::Int32Type,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use jiff::Timestamp;
use policy::{Because, Category, CategorySet, Seen};
use school::{Choice, Id};

use crate::activity::codec;

type Words = StringDictionaryBuilder<Int32Type>;
type Codes = BinaryDictionaryBuilder<Int32Type>;

/// Collects rows for one batch.
#[derive(Default)]
pub(crate) struct Columns {
    at: Int64Builder,
    row: UInt32Builder,
    school: Codes,
    person: Codes,
    device: Words,
    address: Codes,
    method: Words,
    scheme: Words,
    host: Words,
    port: UInt16Builder,
    path: StringBuilder,
    search: StringBuilder,
    categories: Words,
    outcome: Words,
    step: Words,
    rule: Words,
    list: Words,
    category: Words,
    profile: Words,
    matched: UInt16Builder,
    carried: Words,
    status: UInt16Builder,
    bytes_in: UInt64Builder,
    bytes_out: UInt64Builder,
    took: UInt32Builder,
}

pub(crate) fn schema() -> SchemaRef {
    let of = |value| DataType::Dictionary(Box::new(DataType::Int32), Box::new(value));
    let words = || of(DataType::Utf8);
    let ids = || of(DataType::Binary);
    let always = |name: &str, kind| Field::new(name, kind, false);
    let maybe = |name: &str, kind| Field::new(name, kind, true);
    Arc::new(Schema::new(vec![
        always("at", DataType::Int64),
        always("row", DataType::UInt32),
        always("school", ids()),
        maybe("person", ids()),
        maybe("device", words()),
        always("address", ids()),
        always("method", words()),
        always("scheme", words()),
        always("host", words()),
        always("port", DataType::UInt16),
        maybe("path", DataType::Utf8),
        maybe("search", DataType::Utf8),
        always("categories", words()),
        always("outcome", words()),
        always("step", words()),
        maybe("rule", words()),
        maybe("list", words()),
        maybe("category", words()),
        maybe("profile", words()),
        always("matched", DataType::UInt16),
        always("carried", words()),
        always("status", DataType::UInt16),
        always("bytes_in", DataType::UInt64),
        always("bytes_out", DataType::UInt64),
        always("took", DataType::UInt32),
    ]))
}

impl Columns {
    pub(crate) fn add(&mut self, row: u32, seen: &Seen) {
        self.at.append_value(seen.at.as_microsecond());
        self.row.append_value(row);
        self.school.append_value(seen.school.as_u128().to_be_bytes());
        self.person.append_option(seen.person.map(|it| it.as_u128().to_be_bytes()));
        self.device.append_option(seen.device.as_deref());
        match seen.address {
            IpAddr::V4(it) => self.address.append_value(it.octets()),
            IpAddr::V6(it) => self.address.append_value(it.octets()),
        }
        self.method.append_value(seen.method.code());
        self.scheme.append_value(seen.scheme.as_str());
        self.host.append_value(&seen.host);
        self.port.append_value(seen.port);
        self.path.append_option(seen.path.as_deref());
        self.search.append_option(seen.search.as_deref());
        self.categories.append_value(set_text(seen.categories));
        self.outcome.append_value(seen.outcome.code());
        self.step.append_value(seen.because.step.code());
        self.rule.append_option(seen.because.rule.as_deref());
        self.list.append_option(seen.because.list.as_deref());
        self.category.append_option(seen.because.category.map(Category::code));
        self.profile.append_option(seen.because.profile.as_deref());
        self.matched.append_value(seen.because.matched);
        self.carried.append_value(seen.carried.code());
        self.status.append_value(seen.status);
        self.bytes_in.append_value(seen.bytes_in);
        self.bytes_out.append_value(seen.bytes_out);
        self.took.append_value(seen.took);
    }

    /// What was added, leaving none behind.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, arrow_schema::ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.at.finish()),
            Arc::new(self.row.finish()),
            Arc::new(self.school.finish()),
            Arc::new(self.person.finish()),
            Arc::new(self.device.finish()),
            Arc::new(self.address.finish()),
            Arc::new(self.method.finish()),
            Arc::new(self.scheme.finish()),
            Arc::new(self.host.finish()),
            Arc::new(self.port.finish()),
            Arc::new(self.path.finish()),
            Arc::new(self.search.finish()),
            Arc::new(self.categories.finish()),
            Arc::new(self.outcome.finish()),
            Arc::new(self.step.finish()),
            Arc::new(self.rule.finish()),
            Arc::new(self.list.finish()),
            Arc::new(self.category.finish()),
            Arc::new(self.profile.finish()),
            Arc::new(self.matched.finish()),
            Arc::new(self.carried.finish()),
            Arc::new(self.status.finish()),
            Arc::new(self.bytes_in.finish()),
            Arc::new(self.bytes_out.finish()),
            Arc::new(self.took.finish()),
        ];
        RecordBatch::try_new(schema(), columns)
    }
}

/// One row of a batch that holds all columns. `None`: it does not read.
pub(crate) fn read(batch: &RecordBatch, i: usize) -> Option<(u32, Seen)> {
    let column = |name: &str| batch.column_by_name(name);
    let word = |name: &str| text(column(name)?, i);
    let small = |name: &str| Some(column(name)?.as_any().downcast_ref::<UInt16Array>()?.value(i));
    let whole = |name: &str| Some(column(name)?.as_any().downcast_ref::<UInt32Array>()?.value(i));
    let large = |name: &str| Some(column(name)?.as_any().downcast_ref::<UInt64Array>()?.value(i));
    let at = column("at")?.as_any().downcast_ref::<Int64Array>()?.value(i);
    let address = bytes(column("address")?, i)?;
    let address = match address.len() {
        4 => IpAddr::from(*address.first_chunk::<4>()?),
        _ => IpAddr::from(*address.first_chunk::<16>()?),
    };
    let because = Because {
        step: Choice::from_code(word("step")?)?,
        rule: word("rule").map(Arc::from),
        list: word("list").map(Arc::from),
        category: match word("category") {
            Some(code) => Some(Category::from_code(code)?),
            None => None,
        },
        profile: word("profile").map(Arc::from),
        matched: small("matched")?,
    };
    let seen = Seen {
        at: Timestamp::from_microsecond(at).ok()?,
        school: id(column("school")?, i)?,
        person: match column("person")? {
            it if it.is_null(i) => None,
            it => Some(id(it, i)?),
        },
        device: word("device").map(Arc::from),
        address,
        method: Choice::from_code(word("method")?)?,
        scheme: codec::scheme(word("scheme")?)?,
        host: word("host")?.into(),
        port: small("port")?,
        path: word("path").map(Box::from),
        search: word("search").map(Box::from),
        categories: set(word("categories")?)?,
        outcome: Choice::from_code(word("outcome")?)?,
        because,
        carried: Choice::from_code(word("carried")?)?,
        status: small("status")?,
        bytes_in: large("bytes_in")?,
        bytes_out: large("bytes_out")?,
        took: whole("took")?,
    };
    Some((whole("row")?, seen))
}

/// Codes of the categories, in order, separated by a space.
fn set_text(set: CategorySet) -> String {
    let mut text = String::new();
    for category in set.iter() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(category.code());
    }
    text
}

pub(crate) fn set(text: &str) -> Option<CategorySet> {
    text.split_whitespace().map(Category::from_code).collect()
}

/// A dictionary column and its distinct values, as texts.
pub(crate) fn words(array: &ArrayRef) -> Option<(&DictionaryArray<Int32Type>, &StringArray)> {
    let dictionary = array.as_dictionary_opt::<Int32Type>()?;
    Some((dictionary, dictionary.values().as_string_opt()?))
}

/// A dictionary column and its distinct values, as bytes.
pub(crate) fn codes(array: &ArrayRef) -> Option<(&DictionaryArray<Int32Type>, &BinaryArray)> {
    let dictionary = array.as_dictionary_opt::<Int32Type>()?;
    Some((dictionary, dictionary.values().as_binary_opt()?))
}

fn text(array: &ArrayRef, i: usize) -> Option<&str> {
    if array.is_null(i) {
        return None;
    }
    match words(array) {
        Some((dictionary, values)) => Some(values.value(dictionary.key(i)?)),
        None => Some(array.as_string_opt::<i32>()?.value(i)),
    }
}

fn bytes(array: &ArrayRef, i: usize) -> Option<&[u8]> {
    let (dictionary, values) = codes(array)?;
    Some(values.value(dictionary.key(i)?))
}

fn id<T>(array: &ArrayRef, i: usize) -> Option<Id<T>> {
    Some(Id::from_u128(u128::from_be_bytes(bytes(array, i)?.try_into().ok()?)))
}
