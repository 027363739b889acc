fn main() {
    print!("{}", lapsewatch::api::crds::yaml().unwrap_or_default());
}
