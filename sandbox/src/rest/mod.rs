//! REST v10: one file a resource, behind one pipeline.

pub mod request;
