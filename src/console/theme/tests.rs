//! What themes have to hold.

use std::collections::HashSet;
use std::path::Path;

use ratatui::style::{Color, Modifier, Style};

use super::*;
use crate::console::diagnose::{Faults, Source};

fn theme(name: &str) -> Theme {
    Themes::built_in().unwrap().get(name, ColourDepth::True)
}

/// Relative luminance of WCAG 2.
fn luminance(colour: Color) -> f64 {
    let Color::Rgb(red, green, blue) = colour else { panic!("{colour:?} is not RGB") };
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn the_measure_of_contrast_is_the_known_one() {
    let grey = Color::Rgb(0x76, 0x76, 0x76);
    assert!((contrast(grey, Color::Rgb(255, 255, 255)) - 4.54).abs() < 0.01);
    assert!((contrast(Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255)) - 21.0).abs() < 0.001);
}

#[test]
fn every_text_of_the_rgb_themes_has_contrast() {
    for (name, least) in [("dark", 4.5), ("light", 4.5), ("colour-blind", 4.5), ("high-contrast", 7.0)] {
        let theme = theme(name);
        let base = theme.style(Role::Text);
        // Rules are decoration.
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Rule) {
            let style = theme.style(role);
            let (text, behind) = (style.fg.or(base.fg).unwrap(), style.bg.or(base.bg).unwrap());
            assert!(contrast(text, behind) >= least, "{name} {}: {}", role.name(), contrast(text, behind));
            let fading = Modifier::DIM | Modifier::REVERSED;
            assert!(
                !style.add_modifier.intersects(fading),
                "{name} {}: the contrast is another",
                role.name()
            );
        }
    }
}

#[test]
fn every_built_in_theme_gives_every_role() {
    for (name, text) in BUILT_IN {
        let (_, text) = text.split_once("[roles]").unwrap();
        for role in Role::ALL {
            let line = format!("\n{} = ", role.name());
            assert_eq!(text.matches(&line).count(), 1, "{name}: {}", role.name());
        }
    }
}

#[test]
fn the_default_has_only_the_terminals_own_colours_and_mono_none() {
    for role in Role::ALL {
        let style = theme(DEFAULT).style(role);
        for colour in [style.fg, style.bg].into_iter().flatten() {
            assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{role:?}");
        }
        let style = theme(MONO).style(role);
        assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        assert_eq!(Theme::built_in(false).unwrap().style(role), style);
    }
}

#[test]
fn in_mono_states_and_selections_differ_without_colour() {
    let mono = theme(MONO);
    let states = [Role::Good, Role::Warn, Role::Bad, Role::Unknown, Role::Neutral];
    let styles: HashSet<_> = states.map(|role| mono.style(role).add_modifier).into();
    assert_eq!(styles.len(), states.len());
    for role in [Role::Selection, Role::Choice, Role::Cursor, Role::TabActive, Role::Badge] {
        assert!(mono.style(role).add_modifier.contains(Modifier::REVERSED), "{role:?}");
    }
    assert_ne!(mono.style(Role::Disabled), mono.style(Role::Text));
}

#[test]
fn fewer_colours_keep_text_and_background_apart() {
    let themes = Themes::built_in().unwrap();
    for name in themes.names() {
        for depth in [ColourDepth::Indexed, ColourDepth::Basic] {
            let theme = themes.get(name, depth);
            let base = theme.style(Role::Text);
            for role in Role::ALL {
                let style = theme.style(role);
                let (text, behind) = (style.fg.or(base.fg), style.bg.or(base.bg));
                assert!(text != behind || text.is_none(), "{name} {} {depth:?}", role.name());
                let is_rgb =
                    [text, behind].into_iter().flatten().any(|colour| matches!(colour, Color::Rgb(..)));
                assert!(!is_rgb, "{name} {} {depth:?}", role.name());
            }
        }
    }
}

fn faults_of(files: &[(&str, &str)]) -> (Themes, String) {
    let sources: Vec<_> =
        files.iter().map(|(origin, text)| Source { origin: Path::new(origin), text }).collect();
    let mut faults = Faults::default();
    let themes = Themes::read(&sources, &mut faults);
    (themes, if faults.is_empty() { String::new() } else { faults.to_string() })
}

#[test]
fn an_own_theme_inherits_and_stands_before_a_built_in_one() {
    let own = "inherits = \"dark\"\n[palette]\nrust = \"#b7410e\"\n[roles]\nbad = { foreground = \"rust\" }";
    let (themes, faults) = faults_of(&[("themes/own.toml", own), ("themes/mono.toml", "")]);
    assert_eq!(faults, "");
    let mine = themes.get("own", ColourDepth::True);
    assert_eq!(mine.style(Role::Bad), Style::new().fg(Color::Rgb(0xb7, 0x41, 0x0e)));
    assert_eq!(mine.style(Role::Good), theme("dark").style(Role::Good));
    assert_eq!(themes.get("mono", ColourDepth::True), theme(DEFAULT));
    assert_eq!(themes.names().last(), Some("own"));
}

#[test]
fn faults_name_file_line_column_and_the_nearest_name() {
    let text = "inherits = \"drak\"\n[roles]\ntxet = {}\ngood = { foreground = \"gren\", add = [\"blod\"] }";
    insta::assert_snapshot!("theme-faults", faults_of(&[("themes/own.toml", text)]).1);
    let text = "[roles]\ngood = { foregroud = \"green\" }";
    insta::assert_snapshot!("theme-field", faults_of(&[("themes/own.toml", text)]).1);
    let circle = [("a.toml", "inherits = \"b\""), ("b.toml", "inherits = \"a\"")];
    assert!(faults_of(&circle).1.contains("in a circle"), "{}", faults_of(&circle).1);
}
