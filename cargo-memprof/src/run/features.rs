//! The feature: by which a package switches its measuring on.

use std::ffi::OsString;

use crate::project::{Package, has, option};

/// What such a feature is called, the likeliest first.
const NAMES: [&str; 3] = ["memprof", "memory-profiling", "memory"];

/// The arguments that enable it in the packages that have it.
pub(super) fn arguments(packages: &[&Package], of_cargo: &[OsString]) -> Vec<OsString> {
    if has(of_cargo, "--all-features") {
        return Vec::new();
    }
    let given = option(of_cargo, &["-F", "--features"]);
    let is_given = |name: &str| {
        given.iter().any(|value| {
            let value = value.to_string_lossy();
            let mut features = value.split([' ', ',']);
            features.any(|feature| feature.rsplit('/').next() == Some(name))
        })
    };
    let mut enabled: Vec<&str> = Vec::new();
    for package in packages {
        let is_feature = |name: &&&str| package.features.iter().any(|feature| feature == **name);
        if let Some(name) = NAMES.iter().find(is_feature)
            && !is_given(name)
            && !enabled.contains(name)
        {
            enabled.push(name);
        }
    }
    enabled
        .into_iter()
        .flat_map(|name| ["--features".into(), name.into()])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(features: &[&str]) -> Package {
        Package {
            name: "a".into(),
            manifest: "/a/Cargo.toml".into(),
            features: features.iter().map(|&name| name.into()).collect(),
            targets: Vec::new(),
            has_memprof: true,
            is_default: true,
        }
    }

    fn enabled(packages: &[Package], line: &str) -> String {
        let line: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let arguments = arguments(&packages.iter().collect::<Vec<_>>(), &line);
        arguments.join(" ".as_ref()).into_string().unwrap()
    }

    #[test]
    fn the_likeliest_feature_is_enabled_once() {
        let packages = [
            package(&["memory", "memprof"]),
            package(&["memprof"]),
            package(&[]),
        ];
        assert_eq!(enabled(&packages, "--lib"), "--features memprof");
        assert_eq!(enabled(&packages, "-F a,memprof"), "");
        assert_eq!(enabled(&packages, "--features a/memprof"), "");
        assert_eq!(enabled(&packages, "--all-features"), "");
        assert_eq!(
            enabled(&packages, "-- --all-features"),
            "--features memprof"
        );
        assert_eq!(enabled(&packages[2..], "--lib"), "");
    }
}
