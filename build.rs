//! Tells cargo that the migrations are part of the program: they are embedded, and a new one must rebuild it.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
