//! Has the binary made anew when a file of the page comes or goes: a changed one is noticed without this.

fn main() {
    println!("cargo::rerun-if-changed=page");
}
