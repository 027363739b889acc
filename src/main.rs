fn main() { print!("{}", lapsewatch::api::crds::yaml().unwrap()); }
