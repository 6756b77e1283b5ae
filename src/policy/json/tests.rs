use super::*;

fn refused(text: &[u8]) -> Refusal {
    refused_with(text, &Limits::default())
}

fn refused_with(text: &[u8], limits: &Limits) -> Refusal {
    let refusal = Value::read(text, limits).unwrap_err();
    let mut reader = match Reader::new(text, limits) {
        Ok(reader) => reader,
        Err(same) => return same,
    };
    let skipped = reader.skip().and_then(|_| reader.next()).unwrap_err();
    assert_eq!(skipped, refusal, "one reader, one refusal");
    refusal
}

#[test]
fn events_say_where_they_stand() {
    let text = br#" {"a": [1, "x\n"], "b": null} "#;
    let mut reader = Reader::new(text, &Limits::default()).unwrap();
    let mut seen = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        let word = match event {
            Event::Key(key) => format!("key {}", key.value()),
            Event::Text(text) => format!("text {:?}", text.value()),
            Event::Number(number) => format!("number {}", number.raw),
            other => format!("{other:?}"),
        };
        seen.push((reader.start(), word));
    }
    let seen: Vec<_> = seen.iter().map(|(at, word)| (*at, word.as_str())).collect();
    assert_eq!(
        seen,
        [
            (1, "Open(Object)"),
            (2, "key a"),
            (7, "Open(Array)"),
            (8, "number 1"),
            (11, "text \"x\\n\""),
            (16, "Close(Array)"),
            (19, "key b"),
            (24, "Null"),
            (28, "Close(Object)"),
        ]
    );
}

#[test]
fn whatever_readers_disagree_on_is_refused_where_it_stands() {
    for (text, code, offset) in [
        (&b""[..], code::TRUNCATED, 0),
        (b"  ", code::TRUNCATED, 2),
        (b"\xef\xbb\xbf{}", code::BYTE_ORDER_MARK, 0),
        (b"\xff\xfe{\0}\0", code::NOT_UTF8, 0),
        (b"{\0}\0", code::NOT_UTF8, 0),
        (b"\0\0\0{", code::NOT_UTF8, 0),
        (b"{} {}", code::TRAILING_TEXT, 3),
        (b"1 2", code::TRAILING_TEXT, 2),
        (b"{}\0", code::NOT_UTF8, 0),
        (b"{ }  \0", code::TRAILING_TEXT, 5),
        (b"[1,]", code::TRAILING_COMMA, 3),
        (b"{\"a\":1 , }", code::TRAILING_COMMA, 9),
        (b"[,1]", code::NOT_JSON, 1),
        (b"[1 2]", code::NOT_JSON, 3),
        (b"[1}", code::NOT_JSON, 2),
        (b"{]", code::NOT_JSON, 1),
        (b"{\"a\" 1}", code::NOT_JSON, 5),
        (b"{a:1}", code::NOT_JSON, 1),
        (b"{'a':1}", code::NOT_JSON, 1),
        (b"{\"a\":1,2}", code::NOT_JSON, 7),
        (b"[NaN]", code::NOT_FINITE, 1),
        (b"[Infinity]", code::NOT_FINITE, 1),
        (b"[-Infinity]", code::NOT_FINITE, 2),
        (b"[nan]", code::NOT_JSON, 1),
        (b"[True]", code::NOT_JSON, 1),
        (b"[6.5.0]", code::NOT_JSON, 4),
        (b"[01]", code::NOT_JSON, 1),
        (b"[+1]", code::NOT_JSON, 1),
        (b"[.5]", code::NOT_JSON, 1),
        (b"// a\n{}", code::NOT_JSON, 0),
        (b"[\"a\nb\"]", code::NOT_JSON, 3),
        (b"[\"\\x\"]", code::NOT_JSON, 2),
        (b"[\"\\u12g4\"]", code::NOT_JSON, 2),
        (b"[\"\\ud800\"]", code::LONE_SURROGATE, 2),
        (b"[\"\\ud800\\ud800\"]", code::LONE_SURROGATE, 2),
        (b"[\"\\udc00\\ud800\"]", code::LONE_SURROGATE, 2),
        (b"[\"\xed\xa0\x80\"]", code::NOT_UTF8, 2),
        (b"[\"\xc0\xaf\"]", code::NOT_UTF8, 2),
        (b"[\"abcdefghijk\xff\"]", code::NOT_UTF8, 13),
        (b"[\xff]", code::NOT_UTF8, 1),
        (b"[\xc3\xa9]", code::NOT_JSON, 1),
        (b"[ \xef\xbb\xbf1]", code::BYTE_ORDER_MARK, 2),
        (b"[\"a", code::TRUNCATED, 3),
        (b"[\"a\\", code::TRUNCATED, 3),
        (b"[1", code::TRUNCATED, 2),
        (b"{\"a\":", code::TRUNCATED, 5),
        (b"{\"a\":1,\"b\":2,\"a\":3}", code::DUPLICATE_KEY, 13),
        (b"{\"x\":{\"a\":1,\"a\":1}}", code::DUPLICATE_KEY, 12),
        (b"[[{\"a\":1,\"\\u0061\":2}]]", code::DUPLICATE_KEY, 9),
        (b"{\"\":1,\"\":2}", code::DUPLICATE_KEY, 6),
        (b"{\"\xc3\xa9\":1,\"\\u00e9\":2}", code::DUPLICATE_KEY, 8),
    ] {
        let refusal = refused(text);
        let shown = String::from_utf8_lossy(text);
        assert_eq!((refusal.code, refusal.offset), (code, offset), "{shown:?}: {refusal:?}");
    }
}

#[test]
fn messages_are_fit_to_be_shown() {
    let refusal = refused("{\"a\u{202e}\\u001b\":1,\"a\u{202e}\\u001b\":1}".as_bytes());
    assert!(refusal.message.contains("a\\u{202e}\\u{1b}"), "{}", refusal.message);
    let refusal = refused("[\u{202e}]".as_bytes());
    assert!(refusal.message.contains("\\u{202e}"), "{}", refusal.message);
}

#[test]
fn the_earliest_of_many_duplicates_is_named() {
    let names: Vec<_> = (0..5_000).map(|number| format!("\"n{number}\":0")).collect();
    let text = format!("{{{},\"n77\":1,\"n3\":1,\"n77\":1}}", names.join(","));
    let refusal = refused(text.as_bytes());
    assert_eq!((refusal.code, refusal.offset), (code::DUPLICATE_KEY, text.find("\"n77\":1").unwrap()));
}

#[test]
fn names_that_only_look_alike_are_two() {
    // Composed and decomposed, upper and lower case, with and without a zero.
    let text = "{\"é\":1,\"e\u{301}\":2,\"A\":3,\"a\":4,\"a\\u0000\":5,\"a \":6}";
    let value = Value::read(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(value.members().unwrap().len(), 6);
}

#[test]
fn limits_stop_it() {
    let small = Limits { bytes: 100, depth: 3, members: 4, values: 8, text: 10 };
    for (text, code, offset) in [
        (" ".repeat(101), code::TOO_LARGE, 100),
        ("[[[[1]]]]".to_owned(), code::TOO_DEEP, 3),
        ("{\"a\":{\"b\":1,\"c\":2,\"d\":3,\"e\":4}}".to_owned(), code::TOO_MANY_MEMBERS, 24),
        ("[1,2,3,4,5,6,7,8]".to_owned(), code::TOO_MANY_VALUES, 15),
        ("[\"12345678901\"]".to_owned(), code::TEXT_TOO_LONG, 1),
        ("{\"12345678901\":1}".to_owned(), code::TEXT_TOO_LONG, 1),
    ] {
        let refusal = refused_with(text.as_bytes(), &small);
        assert_eq!((refusal.code, refusal.offset), (code, offset), "{text}: {refusal:?}");
    }
    Value::read(b"[[[1]]]", &small).unwrap();
    Value::read(b"[\"1234567890\"]", &small).unwrap();
    assert!(Limits::default().admit(1 << 30).is_err(), "1 GB is refused before it is read");
    assert!(Limits { bytes: usize::MAX, ..small }.admit(1 << 33).is_err());
}

#[test]
fn nesting_of_a_hundred_thousand_is_refused_at_the_65th() {
    for open in ["[", "{\"a\":"] {
        let refusal = refused(open.repeat(100_000).as_bytes());
        assert_eq!((refusal.code, refusal.offset), (code::TOO_DEEP, 64 * open.len()));
    }
    let deep = format!("{}{}", "[".repeat(64), "]".repeat(64));
    Value::read(deep.as_bytes(), &Limits::default()).unwrap();
}

#[test]
fn values_keep_spelling_and_place() {
    let text =
        "{\"big\": 123456789012345678901234567890, \"e\": \"\\u0151\\ud83d\\ude00\\\"\\/\", \"l\": [1.0]}";
    let value = Value::read(text.as_bytes(), &Limits::default()).unwrap();
    let big = value.get("big").unwrap();
    assert_eq!(big.span.of(text.as_bytes()), b"123456789012345678901234567890");
    assert!(matches!(big.content, Content::Number(number) if number.is_integer()));
    assert_eq!(value.get("e").unwrap().text().unwrap().value(), "ő😀\"/");
    assert_eq!(value.get("l").unwrap().span.of(text.as_bytes()), b"[1.0]");
    assert!(value.get("absent").is_none());
}

#[test]
fn the_names_of_a_closed_object_can_be_searched() {
    let text = br#"{"x": {"a": 1, "\u0062": 2, "c": {"d": 0}}}"#;
    let mut reader = Reader::new(text, &Limits::default()).unwrap();
    let mut sizes = Vec::new();
    let mut inner = KeyIndex::default();
    while let Some(event) = reader.next().unwrap() {
        if event == Event::Close(Kind::Object) {
            let index = reader.closed_keys();
            sizes.push(index.len());
            if index.len() == 3 {
                inner = index;
            }
        }
    }
    assert_eq!(sizes, [1, 3, 1]);
    assert_eq!(inner.find(text, "a"), Some(7));
    assert_eq!(inner.find(text, "b"), Some(15));
    assert_eq!(inner.find(text, "d"), None);
}

fn canonical(text: &str) -> Result<String, Refusal> {
    canonical::to_vec(text.as_bytes(), &Limits::default()).map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn canonical_json_as_securesystemslib_writes_it() {
    for (text, wanted) in [
        ("{}", "{}"),
        (" [ ] ", "[]"),
        ("[ 1 , -0 , true,\nfalse, null ]", "[1,0,true,false,null]"),
        (
            "{\"b\": {\"z\": 1, \"a\": [{\"y\": 1, \"x\": 2}, 3]}, \"a\": 0}",
            "{\"a\":0,\"b\":{\"a\":[{\"x\":2,\"y\":1},3],\"z\":1}}",
        ),
        // Ordered by code point, not by UTF-16 unit.
        ("{\"\\ud800\\udc00\": 1, \"\\uffff\": 2}", "{\"\u{ffff}\":2,\"\u{10000}\":1}"),
        // Controls stand raw, only two characters are escaped.
        ("\"\\u0000\\n\\u007f\\\"\\\\\\/é\"", "\"\0\n\u{7f}\\\"\\\\/é\""),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ] {
        assert_eq!(canonical(text).unwrap(), wanted, "{text}");
    }
    for text in ["1.0", "[1e2]", "{\"a\": -0.0}"] {
        assert_eq!(canonical(text).unwrap_err().code, code::NOT_CANONICAL, "{text}");
    }
    assert_eq!(canonical("{\"a\":1,\"a\":1}").unwrap_err().code, code::DUPLICATE_KEY);
}

#[test]
fn many_names_are_ordered_as_few_are() {
    let mut names: Vec<String> = (0..2_000_u32)
        .map(|number| {
            // Prefixes of each other, zeros, and characters of every length behind one beginning.
            let tail = ["", "\0", "\0\0", "~", "é", "\u{ffff}", "\u{10000}"][number as usize % 7];
            format!("/usr/{}{tail}", number.wrapping_mul(2_654_435_761) % 997)
        })
        .collect();
    names.sort_by_key(|name| name.bytes().rev().collect::<Vec<_>>());
    names.dedup();
    let text: Vec<_> = names.iter().map(|name| format!("{name:?}:0").replace("\\0", "\\u0000")).collect();
    let text =
        format!("{{{}}}", text.join(",")).replace("\\u{ffff}", "\\uffff").replace("\\u{10000}", "\u{10000}");
    names.sort_unstable();
    names.dedup();
    let wanted: Vec<_> = names.iter().map(|name| format!("\"{name}\":0")).collect();
    assert_eq!(canonical(&text).unwrap(), format!("{{{}}}", wanted.join(",")));
}

#[test]
fn the_canonical_form_of_a_part_is_that_of_the_part_alone() {
    let text = br#"{"signatures": [], "signed": {"b": [], "a": {"d": 1, "c": 2}}, "x": 1}"#;
    let mut reader = Reader::new(text, &Limits::default()).unwrap();
    let mut form = None;
    while let Some(event) = reader.next().unwrap() {
        if matches!(event, Event::Key(key) if key.is("signed")) {
            form = Some(canonical::Form::of_next(&mut reader).unwrap());
        }
    }
    let form = form.unwrap();
    assert_eq!(form.span().of(text), br#"{"b": [], "a": {"d": 1, "c": 2}}"#);
    assert_eq!(form.to_vec(), br#"{"a":{"c":2,"d":1},"b":[]}"#);
}
