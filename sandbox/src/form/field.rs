//! Reads an object's fields as the types a form wants, and says what is wrong where they are not.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::errors::Errors;

/// An object of the body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form<'a>(&'a Map<String, Value>);

impl<'a> Form<'a> {
    /// `value` as an object, or an error here.
    pub(super) fn of(value: &'a Value, errors: &mut Errors) -> Option<Self> {
        let form = value.as_object().map(Self);
        if form.is_none() {
            errors.add("MODEL_TYPE_CONVERT", "Expected an object/dictionary.");
        }
        form
    }

    /// A field that is there and not null.
    pub(super) fn get(self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// Whether a field is there and has something in it: no null, no empty text or list.
    pub(super) fn has(self, key: &str) -> bool {
        match self.get(key) {
            None => false,
            Some(Value::String(text)) => !text.trim().is_empty(),
            Some(Value::Array(items)) => !items.is_empty(),
            Some(_) => true,
        }
    }

    /// A text of so many characters. A minimum of 0 allows the empty text.
    pub(super) fn text(
        self,
        errors: &mut Errors,
        key: &str,
        length: RangeInclusive<usize>,
    ) -> Option<&'a str> {
        let value = self.get(key)?;
        errors.at(key, |errors| {
            let Value::String(text) = value else {
                // The wording is our best knowledge.
                errors.add(
                    "STRING_TYPE_CONVERT",
                    format!("Could not interpret \"{}\" as string.", shown(value)),
                );
                return None;
            };
            check_length(errors, text, length);
            Some(&**text)
        })
    }

    /// The same for a text that must be there.
    pub(super) fn required_text(
        self,
        errors: &mut Errors,
        key: &str,
        length: RangeInclusive<usize>,
    ) -> Option<&'a str> {
        if self.get(key).is_none() {
            errors.at(key, Errors::required);
        }
        self.text(errors, key, length)
    }

    /// Says that a field is missing, if it is.
    pub(super) fn require(self, errors: &mut Errors, key: &str) {
        if self.get(key).is_none() {
            errors.at(key, Errors::required);
        }
    }

    /// A whole number in a range; digits in a text are taken too, as Discord does.
    pub(super) fn integer(self, errors: &mut Errors, key: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.get(key)?;
        errors.at(key, |errors| {
            let Some(number) = as_integer(value) else {
                errors.add("NUMBER_TYPE_COERCE", format!("Value \"{}\" is not int.", shown(value)));
                return None;
            };
            if number < *range.start() {
                let least = range.start();
                errors
                    .add("NUMBER_TYPE_MIN", format!("int value should be greater than or equal to {least}."));
            } else if number > *range.end() {
                let most = range.end();
                errors.add("NUMBER_TYPE_MAX", format!("int value should be less than or equal to {most}."));
            }
            Some(number)
        })
    }

    /// A number of any kind.
    pub(super) fn number(self, errors: &mut Errors, key: &str) -> Option<f64> {
        let value = self.get(key)?;
        let number = value.as_f64();
        if number.is_none() {
            errors.add_at(key, "NUMBER_TYPE_COERCE", format!("Value \"{}\" is not float.", shown(value)));
        }
        number
    }

    /// A whole number that is one of a few.
    pub(super) fn choice(self, errors: &mut Errors, key: &str, choices: &[i64]) -> Option<i64> {
        let value = self.get(key)?;
        let number = as_integer(value).filter(|number| choices.contains(number));
        if number.is_none() {
            errors.at(key, |errors| errors.choices(choices));
        }
        number
    }

    /// True or false.
    pub(super) fn flag(self, errors: &mut Errors, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        let flag = value.as_bool();
        if flag.is_none() {
            errors.add_at(key, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
        }
        flag
    }

    /// A list of so many items. One that is too long or too short is refused as a whole.
    pub(super) fn list(
        self,
        errors: &mut Errors,
        key: &str,
        length: RangeInclusive<usize>,
    ) -> Option<&'a [Value]> {
        let value = self.get(key)?;
        errors.at(key, |errors| {
            let Value::Array(items) = value else {
                errors.add("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
                return None;
            };
            fits(errors, items.len(), &length).then_some(&**items)
        })
    }

    /// Does something with each object of a list.
    pub(super) fn each(
        self,
        errors: &mut Errors,
        key: &str,
        length: RangeInclusive<usize>,
        mut inside: impl FnMut(Form<'a>, &mut Errors),
    ) {
        for (index, item) in self.list(errors, key, length).into_iter().flatten().enumerate() {
            errors.at(key, |errors| {
                errors.at(index, |errors| {
                    if let Some(form) = Form::of(item, errors) {
                        inside(form, errors);
                    }
                });
            });
        }
    }

    /// Does something with an object that is there.
    pub(super) fn object(self, errors: &mut Errors, key: &str, inside: impl FnOnce(Form<'a>, &mut Errors)) {
        if let Some(value) = self.get(key) {
            errors.at(key, |errors| {
                if let Some(form) = Form::of(value, errors) {
                    inside(form, errors);
                }
            });
        }
    }

    /// An id: digits, as a text or a number.
    pub(super) fn id(self, errors: &mut Errors, key: &str) -> Option<u64> {
        let value = self.get(key)?;
        errors.at(key, |errors| as_id(value, errors))
    }

    /// A list of different ids.
    pub(super) fn ids(self, errors: &mut Errors, key: &str, length: RangeInclusive<usize>) -> Vec<u64> {
        let mut ids = Vec::new();
        for (index, item) in self.list(errors, key, length).into_iter().flatten().enumerate() {
            errors.at(key, |errors| {
                errors.at(index, |errors| {
                    let Some(id) = as_id(item, errors) else { return };
                    if ids.contains(&id) {
                        errors.add("SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value");
                    }
                    ids.push(id);
                });
            });
        }
        ids
    }

    /// An address with one of these schemes.
    pub(super) fn url(self, errors: &mut Errors, key: &str, most: usize, schemes: &[&str]) {
        let Some(text) = self.text(errors, key, 0..=most) else { return };
        if text.is_empty() {
            return;
        }
        errors.at(key, |errors| match url::Url::parse(text) {
            Err(_) => errors.add("URL_TYPE_INVALID_URL", "Not a well formed URL."),
            Ok(url) if !schemes.contains(&url.scheme()) => {
                let quoted: Vec<String> = schemes.iter().map(|scheme| format!("'{scheme}'")).collect();
                let message = format!(
                    "Scheme \"{}\" is not supported. Scheme must be one of {}.",
                    url.scheme(),
                    super::errors::tuple(&quoted)
                );
                errors.add("URL_TYPE_INVALID_SCHEME", message);
            }
            Ok(_) => {}
        });
    }
}

/// How many characters people see: code points, without surrounding white space.
pub(super) fn length(text: &str) -> usize {
    text.trim().chars().count()
}

/// Checks a text's length.
pub(super) fn check_length(errors: &mut Errors, text: &str, range: RangeInclusive<usize>) {
    fits(errors, length(text), &range);
}

/// Whether a length is in the range; if not, an error in Discord's words.
fn fits(errors: &mut Errors, count: usize, range: &RangeInclusive<usize>) -> bool {
    let (least, most) = (range.start(), range.end());
    if range.contains(&count) {
        return true;
    }
    if *least == 0 {
        errors.add("BASE_TYPE_MAX_LENGTH", format!("Must be {most} or fewer in length."));
    } else {
        errors.add("BASE_TYPE_BAD_LENGTH", format!("Must be between {least} and {most} in length."));
    }
    false
}

/// A whole number, or a text of one.
pub(super) fn as_integer(value: &Value) -> Option<i64> {
    match value {
        // Python writes the quotient of two whole numbers as 2.0, and Discord takes it.
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(whole)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A double without a fraction, as a whole number.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and fits")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// An id, or an error here.
pub(super) fn as_id(value: &Value, errors: &mut Errors) -> Option<u64> {
    let id = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    if id.is_none() {
        errors.add("NUMBER_TYPE_COERCE", format!("Value \"{}\" is not snowflake.", shown(value)));
    }
    id
}

/// A wrong value for a message: short, a text without its quotes.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars().take(100).collect()
}

/// `'a', 'b'` in quotes for [`Errors::choices`].
pub(super) fn quoted<T: Display>(items: &[T]) -> Vec<String> {
    items.iter().map(|item| format!("'{item}'")).collect()
}
