//! A document's values, up to a bound: an alias of YAML may stand for much, many times over.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::{Map, Number, Value};
use zeroize::{Zeroize, Zeroizing};

/// How many values one file may give.
const MAX_VALUES: usize = 2_000_000;
/// How many bytes of text one file may give.
const MAX_TEXT: usize = 32 << 20;

/// What is left of the bound, and what of one's own was found wrong: a parser's own words may quote the file.
pub struct Budget {
    values: Cell<usize>,
    text: Cell<usize>,
    wrong: Cell<Option<&'static str>>,
    twice: RefCell<Option<String>>,
}

impl Budget {
    /// For one file.
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
    /// What the parser says, which may quote the file, and see [`Budget::wrong`].
    pub fn read<'de, D: Deserializer<'de>>(&self, from: D) -> Result<Value, D::Error> {
        self.wrong.set(None);
        Bounded(self).deserialize(from)
    }

    /// What was wrong beyond the parser's grammar.
    pub fn wrong(&self) -> Option<&'static str> {
        self.wrong.get()
    }

    /// The key that one mapping has twice, where that was wrong. It may be a secret that stands in the wrong place.
    pub fn twice(&self) -> Option<Zeroizing<String>> {
        self.twice.take().map(Zeroizing::new)
    }

    /// The bound is reached: what follows in the file is not worth trying.
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

    /// A tag of one's own says nothing to Kubernetes.
    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Value, A::Error> {
        let (_, value) = data.variant::<String>()?;
        value.newtype_variant_seed(self)
    }
}

/// YAML's merge key: what `<<` names fills what the mapping itself does not say.
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

/// Overwrites all text of a value that may be a secret.
pub fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        _ => {}
    }
}
