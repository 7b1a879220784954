//! Promise: the attribute reads what older editions write, and says its errors there.

use crate::build::Memprof;

/// Trait objects without `dyn`, which only editions before 2021 have.
const SOURCE: &str = "
    extern crate memprof;

    #[memprof::track]
    pub fn called(f: &Fn(u8) -> u8, g: &mut FnMut()) -> u8 {
        g();
        f(1)
    }

    #[memprof::track]
    pub fn passed(f: Box<Fn(u8) -> u8>) -> Box<Fn(u8) -> u8> {
        f
    }
";

fn told(memprof: &Memprof, source: &str, edition: &str) -> Vec<(String, String)> {
    let messages = memprof.lint(source, "edition", edition);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let told = messages
        .iter()
        .map(|it| (text(&it["level"]), text(&it["code"]["code"])));
    told.filter(|(_, code)| !code.is_empty()).collect()
}

#[test]
fn trait_objects_without_dyn_are_read_and_warned_of() {
    let memprof = Memprof::build();
    for edition in ["2015", "2018"] {
        let bare = ("warning".to_owned(), "bare_trait_objects".to_owned());
        let expected = vec![bare; 4];
        assert_eq!(told(&memprof, SOURCE, edition), expected, "{edition}");
        let plain = SOURCE.replace("#[memprof::track]", "");
        assert_eq!(told(&memprof, &plain, edition), expected, "{edition}");
    }
}

#[test]
fn errors_are_told_in_every_edition() {
    let memprof = Memprof::build();
    let wrong = "extern crate memprof; #[memprof::track(nam = \"x\")] pub fn f() {}";
    for edition in ["2015", "2018", "2021", "2024"] {
        let messages = memprof.lint(wrong, "edition-error", edition);
        let error = messages.iter().find(|it| it["level"] == "error");
        let said = error.expect("an error")["message"].as_str().expect("text");
        assert!(said.starts_with("unknown key `nam`"), "{edition}: {said}");
    }
}
