//! Request bodies and query strings checked against Discord's published OpenAPI 3.1 file.
//!
//! The file is not part of this project: [`OpenApi::locate`] finds it, or says that there is none.
//! Nothing is compiled until an operation is called for the first time; from then on its validator
//! is shared by all threads.

mod document;
mod exceptions;
mod operation;
mod text;
mod violation;

#[cfg(test)]
pub(crate) mod tests;

use std::env;
use std::path::{Path, PathBuf};

use jsonschema::{Draft, Registry, Validator};
use serde_json::Value;

pub use exceptions::{EXCEPTIONS, Exception};
pub use text::multipart_body;
pub use violation::Violation;

use operation::{Operation, Paths};

/// The environment variable that names the file.
pub const ENV: &str = "DISCORD_OPENAPI";
/// Where the file is looked for otherwise: under each parent of the workspace.
const SHARED: &str = "shared/discord-openapi.json";
/// The address under which the document is registered, for `$ref`.
const DOCUMENT: &str = "urn:discord:openapi";

/// The file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenApiError {
    /// It can't be read.
    #[error(
        "can't read Discord's OpenAPI file {path}: {source}; set {ENV} to a file that can be read, or unset it"
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no JSON.
    #[error("{path} is not JSON: {source}; set {ENV} to Discord's openapi.json")]
    Json {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// It is JSON of another kind.
    #[error("{path} is not an OpenAPI 3.1 document: {reason}")]
    Shape {
        /// The file.
        path: PathBuf,
        /// What is missing or wrong.
        reason: String,
    },
}

/// A request that has no place in the file, or none for its body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The file has no such method on such a path.
    #[error("no operation {method} {path} in Discord's OpenAPI file")]
    UnknownOperation {
        /// The HTTP method, in upper case.
        method: String,
        /// The path as asked for.
        path: String,
    },
    /// The operation takes no body and one was sent.
    #[error("{operation} takes no body, and one was sent")]
    UnexpectedBody {
        /// The file's name of the operation, such as `create_message`.
        operation: String,
    },
    /// The operation needs a body and none was sent.
    #[error("{operation} needs a body, and none was sent")]
    MissingBody {
        /// The file's name of the operation.
        operation: String,
    },
    /// The operation does not take this content type.
    #[error("{operation} takes {expected}, not {got:?}")]
    ContentType {
        /// The file's name of the operation.
        operation: String,
        /// The type that was sent.
        got: String,
        /// The types that it takes, separated by commas.
        expected: String,
    },
    /// The file's own schema can't be compiled.
    #[error("the schema of {operation} in Discord's OpenAPI file is broken: {reason}")]
    BrokenSchema {
        /// The file's name of the operation.
        operation: String,
        /// Why.
        reason: String,
    },
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The file's name of the operation, such as `create_message`.
    pub operation: String,
    /// What is wrong; empty when all is well, never more than 20.
    pub violations: Vec<Violation>,
}

/// Discord's OpenAPI file, ready to check requests against. Share it by `Arc` or `&`.
#[derive(Debug)]
pub struct OpenApi {
    registry: Registry<'static>,
    paths: Paths,
}

impl OpenApi {
    /// Reads the file.
    ///
    /// # Errors
    /// When it can't be read, is no JSON, or is no OpenAPI 3.1 document.
    pub fn load(path: &Path) -> Result<Self, OpenApiError> {
        Self::load_with(path, EXCEPTIONS)
    }

    /// Reads the file that [`ENV`] names, else `shared/discord-openapi.json` in the nearest parent
    /// of the workspace that has it; `None` when neither is there.
    ///
    /// # Errors
    /// When the file that was found, or that [`ENV`] names, can't be used.
    pub fn locate() -> Result<Option<Self>, OpenApiError> {
        match Self::find() {
            Some(path) => Self::load(&path).map(Some),
            None => Ok(None),
        }
    }

    /// The path that [`OpenApi::locate`] would read.
    pub fn find() -> Option<PathBuf> {
        if let Some(path) = env::var_os(ENV).filter(|path| !path.is_empty()) {
            return Some(path.into());
        }
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let starts = [env::current_dir().ok(), Some(here.to_owned())];
        starts
            .iter()
            .flatten()
            .flat_map(|start| start.ancestors())
            .map(|parent| parent.join(SHARED))
            .find(|path| path.is_file())
    }

    fn load_with(path: &Path, exceptions: &[Exception]) -> Result<Self, OpenApiError> {
        let bytes =
            std::fs::read(path).map_err(|source| OpenApiError::Read { path: path.to_owned(), source })?;
        let document = serde_json::from_slice(&bytes)
            .map_err(|source| OpenApiError::Json { path: path.to_owned(), source })?;
        Self::from_document(document, exceptions)
            .map_err(|reason| OpenApiError::Shape { path: path.to_owned(), reason })
    }

    fn from_document(mut document: Value, exceptions: &[Exception]) -> Result<Self, String> {
        let version = document["openapi"].as_str().unwrap_or_default();
        if !version.starts_with("3.1") {
            return Err(format!("its \"openapi\" says {version:?}"));
        }
        for exception in exceptions {
            if !(exception.apply)(&mut document) {
                tracing::warn!(
                    exception = exception.name,
                    "an exception to Discord's OpenAPI file no longer applies"
                );
            }
        }
        let paths = Paths::new(&document)?;
        document::slim(&mut document);
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(DOCUMENT, document)
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| error.to_string())?;
        Ok(Self { registry, paths })
    }

    /// Checks a body. `path` begins with `/` and has neither `/api/v10` nor a query.
    ///
    /// `content_type` is the header as sent. For a JSON request `body` is what was parsed; for
    /// `multipart/form-data` and `application/x-www-form-urlencoded` it is what [`multipart_body`]
    /// makes of the parts, whose texts are read as numbers or booleans where the file wants these.
    ///
    /// # Errors
    /// When the file has no such operation, or none that takes such a body.
    pub fn check_body(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: Option<&Value>,
    ) -> Result<Checked, Mismatch> {
        let operation = self.operation(method, path)?;
        let name = operation.name.clone();
        let Some(body) = body else {
            return if operation.body_required {
                Err(Mismatch::MissingBody { operation: name })
            } else {
                Ok(Checked { operation: name, violations: Vec::new() })
            };
        };
        if operation.bodies.is_empty() {
            return Err(Mismatch::UnexpectedBody { operation: name });
        }
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let Some(schema) = operation.bodies.iter().find(|body| body.content_type == kind) else {
            let expected: Vec<_> = operation.bodies.iter().map(|body| &*body.content_type).collect();
            return Err(Mismatch::ContentType { operation: name, got: kind, expected: expected.join(", ") });
        };
        let validator = schema.validator.get(self, &name)?;
        let violations = if kind == "application/json" {
            violation::of(validator, body)
        } else {
            let body = text::typed_members(self.document(), &schema.validator.pointer, body);
            violation::of(validator, &body)
        };
        Ok(Checked { operation: name, violations })
    }

    /// Checks a query string, already decoded into pairs; a name that the file does not know is a
    /// violation.
    ///
    /// # Errors
    /// When the file has no such operation.
    pub fn check_query(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
    ) -> Result<Checked, Mismatch> {
        let operation = self.operation(method, path)?;
        let mut violations = Vec::new();
        let mut names: Vec<&str> = query.iter().map(|(name, _)| &**name).collect();
        names.sort_unstable();
        names.dedup();
        for name in &names {
            let Some(parameter) = operation.query.iter().find(|known| known.name == *name) else {
                violations.push(Violation::new(format!("/{name}"), "no such query parameter", ""));
                continue;
            };
            let texts: Vec<&str> =
                query.iter().filter(|(key, _)| key == name).map(|(_, text)| &**text).collect();
            let value = text::typed_parameter(self.document(), &parameter.schema.pointer, &texts);
            let validator = parameter.schema.get(self, &operation.name)?;
            violations.extend(violation::of(validator, &value).into_iter().map(|found| found.under(name)));
        }
        for parameter in operation.query.iter().filter(|known| known.required) {
            if !names.contains(&&*parameter.name) {
                let pointer = format!("/{}", parameter.name);
                violations.push(Violation::new(pointer, "this query parameter is required", ""));
            }
        }
        violations.truncate(violation::MAX_VIOLATIONS);
        Ok(Checked { operation: operation.name.clone(), violations })
    }

    fn operation(&self, method: &str, path: &str) -> Result<&Operation, Mismatch> {
        self.paths.find(method, path).ok_or_else(|| Mismatch::UnknownOperation {
            method: method.to_ascii_uppercase(),
            path: path.into(),
        })
    }

    /// The document, slimmed and widened, as the registry holds it.
    fn document(&self) -> &Value {
        let address = jsonschema::uri::from_str(DOCUMENT).expect("the address is well-formed");
        let root = self.registry.resolver(address).lookup("#");
        root.expect("the document was registered").contents()
    }

    /// Compiles the schema at a JSON pointer of the document.
    fn compile(&self, pointer: &str) -> Result<Validator, String> {
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            // The library's `uri` is RFC 3986 to the letter; Discord takes other letters too.
            .with_format("uri", |text: &str| url::Url::parse(text).is_ok())
            .with_format("snowflake", |text: &str| text.parse::<u64>().is_ok())
            .offline()
            .build(&serde_json::json!({ "$ref": format!("{DOCUMENT}#{}", text::fragment(pointer)) }))
            .map_err(|error| violation::bounded(&error.to_string()))
    }
}
