//! Reads YAML and JSON values within a size limit. The limit stops a small file that repeats a large value many times
//! with YAML aliases.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::{Map, Number, Value};
use zeroize::{Zeroize, Zeroizing};

/// The maximum number of values in one file, with each alias counted as the values it repeats.
const MAX_VALUES: usize = 2_000_000;
/// The maximum total length of text in one file, in bytes.
const MAX_TEXT: usize = 32 << 20;

/// The rest of the size limit for a file, and the last error that this module found. These errors may be printed. A
/// parser's own message may not be printed, because the message might quote a secret from the file.
pub struct Budget {
    values: Cell<usize>,
    text: Cell<usize>,
    wrong: Cell<Option<&'static str>>,
    twice: RefCell<Option<String>>,
}

impl Budget {
    /// Creates the limit for one file.
    pub fn new() -> Self {
        Self {
            values: Cell::new(MAX_VALUES),
            text: Cell::new(MAX_TEXT),
            wrong: Cell::new(None),
            twice: RefCell::new(None),
        }
    }

    /// Reads one value.
    ///
    /// # Errors
    /// Returns the parser's error, whose message may quote the file. See [`Budget::wrong`].
    pub fn read<'de, D: Deserializer<'de>>(&self, from: D) -> Result<Value, D::Error> {
        self.wrong.set(None);
        Bounded(self).deserialize(from)
    }

    /// Returns the error that this module found in the last value. None if the parser itself refused the value.
    pub fn wrong(&self) -> Option<&'static str> {
        self.wrong.get()
    }

    /// Takes the key that occurs twice in one mapping. None if the last error is a different error. The key is
    /// zeroized when dropped, because it may be a misplaced secret.
    pub fn twice(&self) -> Option<Zeroizing<String>> {
        self.twice.take().map(Zeroizing::new)
    }

    /// True if the limit is reached. Reading the rest of the file is then pointless.
    pub fn is_spent(&self) -> bool {
        self.values.get() == 0 || self.text.get() == 0
    }

    fn take<E: Error>(&self, text: usize) -> Result<(), E> {
        self.values.set(self.values.get().saturating_sub(1));
        self.text.set(self.text.get().saturating_sub(text));
        if self.is_spent() {
            return Err(self.fail("it is larger than is read, where each alias counts as much as what it stands for"));
        }
        Ok(())
    }

    fn fail<E: Error>(&self, what: &'static str) -> E {
        self.wrong.set(Some(what));
        E::custom(what)
    }
}

#[derive(Clone, Copy)]
struct Bounded<'b>(&'b Budget);

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.0.take(0)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.0.take(0)?;
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.0.take(0)?;
        Ok(Value::from(value))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.0.take(0)?;
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.0.take(value.len())?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.0.take(value.len())?;
        Ok(Value::String(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.0.take(0)?;
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.0.take(0)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.0.take(0)?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            self.0.take(key.len())?;
            if map.contains_key(&key) {
                self.0.twice.replace(Some(key));
                return Err(self.0.fail("one mapping has the same key twice"));
            }
            let value = entries.next_value_seed(self)?;
            map.insert(key, value);
        }
        merge(&mut map);
        Ok(Value::Object(map))
    }

    /// Drops a custom YAML tag and keeps the value, because Kubernetes ignores tags.
    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Value, A::Error> {
        let (_, value) = data.variant::<String>()?;
        value.newtype_variant_seed(self)
    }
}

/// Applies YAML's merge key. The mappings under `<<` add only the keys that the mapping itself does not have (yaml.org,
/// "Merge Key Language-Independent Type for YAML Version 1.1").
fn merge(map: &mut Map<String, Value>) {
    let more = match map.get("<<") {
        Some(Value::Object(_)) => map.remove("<<").into_iter().collect(),
        Some(Value::Array(items)) if items.iter().all(Value::is_object) => match map.remove("<<") {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        },
        _ => return,
    };
    for entry in more {
        let Value::Object(entries) = entry else { continue };
        for (key, value) in entries {
            map.entry(key).or_insert(value);
        }
    }
}

/// Overwrites all text of a value in memory, because the text may contain a secret.
pub fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        _ => {}
    }
}
