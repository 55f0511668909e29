//! The file's operations: found by path template, their schemas compiled when first used.

use std::collections::HashMap;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

use super::{Mismatch, OpenApi, text};

/// A schema of the document, by JSON pointer, and its validator once compiled.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) pointer: String,
    validator: OnceLock<Result<Validator, String>>,
}

impl Schema {
    fn at(pointer: String) -> Self {
        Self { pointer, validator: OnceLock::new() }
    }

    pub(super) fn get(&self, api: &OpenApi, operation: &str) -> Result<&Validator, Mismatch> {
        self.validator
            .get_or_init(|| api.compile(&self.pointer))
            .as_ref()
            .map_err(|reason| Mismatch::BrokenSchema { operation: operation.into(), reason: reason.clone() })
    }
}

/// A body of one content type.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) content_type: String,
    pub(super) validator: Schema,
}

/// A query parameter.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) schema: Schema,
}

/// One method of one path.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) body_required: bool,
    pub(super) bodies: Vec<Body>,
    pub(super) query: Vec<Parameter>,
}

/// A path: `None` stands for a parameter's segment.
#[derive(Debug)]
struct Template {
    segments: Vec<Option<String>>,
    operations: HashMap<String, Operation>,
}

/// All paths, by their number of segments, in the order in which they are tried.
#[derive(Debug)]
pub(super) struct Paths(HashMap<usize, Vec<Template>>);

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

impl Paths {
    /// Reads the document's `paths`.
    pub(super) fn new(document: &Value) -> Result<Self, String> {
        let items = document["paths"].as_object().ok_or("it has no \"paths\"")?;
        let mut paths: HashMap<usize, Vec<Template>> = HashMap::new();
        for (path, item) in items {
            let segments: Vec<_> = path
                .trim_start_matches('/')
                .split('/')
                .map(|part| (!part.starts_with('{')).then(|| part.to_owned()))
                .collect();
            let base = format!("/paths/{}", text::escape(path));
            let operations = METHODS
                .iter()
                .filter_map(|method| Some((*method, item.get(*method)?)))
                .map(|(method, found)| (method.to_owned(), operation(document, &base, method, item, found)))
                .collect();
            paths.entry(segments.len()).or_default().push(Template { segments, operations });
        }
        for templates in paths.values_mut() {
            // `false` sorts first: a literal segment is tried before a parameter.
            templates.sort_by_cached_key(|template| {
                template.segments.iter().map(Option::is_none).collect::<Vec<_>>()
            });
        }
        Ok(Self(paths))
    }

    /// The operation of a method on a path. A template that lacks the method gives way to the next.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let method = method.to_ascii_lowercase();
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        self.0
            .get(&parts.len())?
            .iter()
            .filter(|template| template.fits(&parts))
            .find_map(|template| template.operations.get(&method))
    }

    /// Every operation.
    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &Operation> {
        self.0.values().flatten().flat_map(|template| template.operations.values())
    }
}

impl Template {
    fn fits(&self, parts: &[&str]) -> bool {
        self.segments.iter().zip(parts).all(|(segment, part)| match segment {
            Some(literal) => literal == part,
            None => !part.is_empty(),
        })
    }
}

fn operation(document: &Value, base: &str, method: &str, item: &Value, found: &Value) -> Operation {
    let here = format!("{base}/{method}");
    let body = &found["requestBody"];
    let bodies = body["content"].as_object().into_iter().flatten().map(|(content_type, _)| Body {
        content_type: content_type.clone(),
        validator: Schema::at(format!("{here}/requestBody/content/{}/schema", text::escape(content_type))),
    });
    let mut query = parameters(document, &format!("{base}/parameters"), &item["parameters"]);
    query.extend(parameters(document, &format!("{here}/parameters"), &found["parameters"]));
    Operation {
        name: found["operationId"].as_str().unwrap_or(&here).to_owned(),
        body_required: body["required"].as_bool().unwrap_or(false),
        bodies: bodies.collect(),
        query,
    }
}

fn parameters(document: &Value, base: &str, list: &Value) -> Vec<Parameter> {
    let list = list.as_array().into_iter().flatten().enumerate();
    list.filter_map(|(index, parameter)| {
        let (pointer, parameter) = match parameter["$ref"].as_str() {
            Some(reference) => {
                let pointer = reference.trim_start_matches('#').to_owned();
                let target = document.pointer(&pointer)?;
                (pointer, target)
            }
            None => (format!("{base}/{index}"), parameter),
        };
        (parameter["in"] == "query").then(|| Parameter {
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            required: parameter["required"].as_bool().unwrap_or(false),
            schema: Schema::at(format!("{pointer}/schema")),
        })
    })
    .collect()
}
