//! How much work one request may cause.

use crate::Limit;

/// The greatest number of steps for one request: 30 to 60 ms of one core of a server.
pub(crate) const MAX_STEPS: usize = 48 << 20;

/// What an operation on big integers costs besides the words it reads: mostly memory for its result.
const OVERHEAD: usize = 32;

/// The steps that a request has left. A step is what an operation on big integers does with one 64-bit word.
///
/// Everything a request causes to be counted or drawn is paid from one budget *before* it is done, so neither an answer
/// nor a refusal takes longer than [`MAX_STEPS`] take.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: MAX_STEPS }
    }
}

impl Budget {
    /// How many steps have been paid.
    #[cfg(test)]
    pub(crate) fn spent(&self) -> usize {
        MAX_STEPS - self.left
    }

    /// Pays for so many sums of numbers of at most so many words, or products with small numbers.
    pub(crate) fn sums(&mut self, operations: usize, words: usize) -> Result<(), Limit> {
        self.pay(operations.saturating_mul(words + OVERHEAD))
    }

    /// Pays for so many products of numbers that have at most so many words together.
    pub(crate) fn products(&mut self, operations: usize, words: usize) -> Result<(), Limit> {
        self.pay(operations.saturating_mul(words.saturating_mul(words) / 8 + words + 2 * OVERHEAD))
    }

    /// Pays for so many steps.
    pub(crate) fn pay(&mut self, steps: usize) -> Result<(), Limit> {
        self.left = self.left.checked_sub(steps).ok_or(Limit::Work)?;
        Ok(())
    }
}

/// How many 64-bit words the number of strings of `length` out of so many characters has at most.
pub(crate) fn words(length: usize, characters: usize) -> usize {
    let bits = usize::BITS - characters.leading_zeros();
    length.saturating_mul(bits as usize) / 64 + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Error, Request};

    /// Whether a request is answered, and how many steps it takes.
    fn steps(query: &str) -> (bool, usize) {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let request =
            Request::from_pairs(pairs).unwrap_or_else(|errors| panic!("{query}: {errors:?}"));
        let mut budget = Budget::default();
        match request.compile_within(&mut budget) {
            Ok(_) => (true, budget.spent()),
            Err(Error::PolicyTooComplex(_) | Error::EntropyUnreachable { .. }) => {
                (false, budget.spent())
            }
            Err(error) => panic!("{query}: {error}"),
        }
    }

    /// What people ask for, however dear it is.
    #[test]
    fn the_promised_requests_are_answered_within_the_budget() {
        let rows = [
            "length=20",
            "length=256&max_repeating=1&max_sequential=1&first=letter&last=alnum&include_space=1",
            "length=256&max_repeating=1&max_sequential=1&exclude=e4Q&first=letter&last=letter&count=100",
            "length=256&max_repeating=2&max_sequential=2&exclude_ambiguous=1&first=letter",
            "length=256&max_repeating=3&max_sequential=4&exclude=e4Q&last=letter&count=100",
            "length=256&max_repeating=200&max_sequential=25&min_classes=3",
            "length=256&max_repeating=1&max_sequential=2&symbols=all&min_classes=2&first=alnum",
            "length=88&distinct=1&first=letter&last=alnum&count=100",
            "length=60&distinct=1&max_repeating=1&min_classes=3",
            "PasswordLength=4096&IncludeSpace=1&count=16",
            "PasswordLength=4096&ExcludeNumbers=1&ExcludeCharacters=abc&count=16",
            "length=4096&first=letter&last=alnum&min_classes=3&count=16",
            "length=128&nums=20&special_chars=20&uppercase=20&lowercase=20&first=letter&max_nums=30",
            "min_entropy=1024&max_repeating=1&max_sequential=1&first=letter",
            "min_entropy=1024&count=100",
            "kind=pin&length=64&max_repeating=1&max_sequential=1&count=100",
            "length=200&first=letter&nums=2",
        ];
        for query in rows {
            let (answered, steps) = steps(query);
            assert!(answered && steps <= MAX_STEPS, "{query}: {steps}");
        }
    }

    /// The dearest that a search over all parameters found.
    #[test]
    fn what_is_too_dear_is_refused_within_the_budget() {
        let large = "special_chars=30&uppercase=20&lowercase=10&max_repeating=3&first=alnum&include_space=true";
        let rows = [
            &format!("{large}&min_entropy=1024"),
            "length=4096&max_repeating=1",
            "length=4096&nums=5&special_chars=5&uppercase=5&lowercase=5",
            "length=256&nums=60&uppercase=60&lowercase=60&max_repeating=1",
            "length=512&nums=100&uppercase=100&first=letter&max_lowercase=90&count=100",
            "length=300&nums=10&max_repeating=2&max_sequential=1",
            "length=64&nums=5&special_chars=5&uppercase=5&lowercase=5&max_repeating=2",
            "length=64&distinct=1&max_sequential=2",
        ];
        for query in rows {
            let (answered, steps) = steps(query);
            assert!(!answered && steps <= MAX_STEPS, "{query}: {steps}");
        }
    }

    /// So many characters from `first` on.
    fn characters(first: char, count: usize) -> String {
        (first..).take(count).collect()
    }

    /// Vault's words for a set.
    fn charset(characters: &str, min: usize) -> String {
        format!("rule \"charset\" {{charset=\"{characters}\" min-chars={min}}}")
    }

    /// A policy of sets of one letter each, all of which are in another set as well.
    fn singles(count: usize, all: usize) -> String {
        let letters = characters('а', count);
        let letters: String = letters.chars().map(|one| charset(&one.to_string(), 1)).collect();
        let all = charset(&characters('а', all), 0);
        format!("policy=length=100 consecutive-chars-allowed=false {letters}{all}")
    }

    #[test]
    fn many_sets_of_characters_beyond_ascii_are_answered_in_half_the_budget() {
        for (sets, bits) in [(8, 60), (8, 400), (10, 60), (10, 100)] {
            let (answered, steps) = steps(&format!("{}&min_entropy={bits}", singles(sets, 256)));
            assert!(answered && steps <= MAX_STEPS / 2, "{sets} sets, {bits} bits: {steps}");
        }
    }

    #[test]
    fn each_length_is_paid_by_the_characters_of_all_sets() {
        let spent = |sets: usize| {
            let sets = charset(&characters('а', 100), 1).repeat(sets);
            let impossible = charset("ab", 3);
            steps(&format!("policy=length=100 {sets}{impossible}&distinct=1&min_entropy=1"))
        };
        let ((few, less), (many, more)) = (spent(1), spent(10));
        assert!(!few && !many && more - less >= 100 * 900, "{less}, {more}");
    }

    /// Policies in Vault's words.
    fn policies() -> impl Strategy<Value = String> {
        let set = (0..60_usize, 1..26_usize, 0..4_usize);
        let sets = prop::collection::vec(set, 1..12);
        let first = prop::sample::select(vec!['&', 'а']);
        (sets, first, any::<bool>(), any::<bool>()).prop_map(|(sets, first, all, runs)| {
            let set = |(offset, count, min): &(usize, usize, usize)| {
                let set: String = (first..).skip(*offset).take(*count).collect();
                charset(&set.replace(['\\', '&'], "0"), *min)
            };
            let sets: String = sets.iter().map(set).collect();
            let all = if all { charset(&characters('а', 150), 0) } else { String::new() };
            format!("policy=length=100 consecutive-chars-allowed={} {sets}{all}", !runs)
        })
    }

    /// Rules in Apple's words.
    fn rules() -> impl Strategy<Value = String> {
        let sets = prop::collection::vec((0..40_u8, 1..20_usize), 1..12);
        (sets, any::<bool>()).prop_map(|(sets, runs)| {
            let set = |(offset, count): &(u8, usize)| {
                let set = characters(char::from(b'A' + offset), *count);
                format!("required: [{}]; ", set.replace(|next: char| !next.is_alphabetic(), "0"))
            };
            let sets: String = sets.iter().map(set).collect();
            format!("rules={sets}{}", if runs { "max-consecutive: 2" } else { "" })
        })
    }

    /// Policies and rules, and what may narrow them.
    fn texts() -> impl Strategy<Value = String> {
        let lengths = vec!["length=20", "length=100", "min_entropy=60", "min_entropy=400"];
        let narrowed = [
            one("max_nums", &["1", "5"]),
            one("max_sequential", &["1", "3"]),
            one("first", &["letter"]),
            one("distinct", &["true"]),
        ];
        (prop_oneof![policies(), rules()], prop::sample::select(lengths), narrowed)
            .prop_map(|(text, length, narrowed)| format!("{text}&{length}{}", narrowed.concat()))
    }

    fn one(name: &'static str, values: &[&str]) -> impl Strategy<Value = String> + use<> {
        let values: Vec<String> = values.iter().map(|value| format!("&{name}={value}")).collect();
        prop::option::weighted(0.3, prop::sample::select(values))
            .prop_map(Option::unwrap_or_default)
    }

    fn parameters() -> impl Strategy<Value = String> {
        let length = prop::sample::select(vec![
            "length=20",
            "length=64",
            "length=256",
            "length=1000",
            "length=4096",
            "min_entropy=100",
            "min_entropy=1024",
        ]);
        let minimums = [
            one("nums", &["0", "2", "5"]),
            one("special_chars", &["2", "4", "5"]),
            one("uppercase", &["2", "3"]),
            one("max_lowercase", &["3", "8"]),
        ];
        let limits = [
            one("max_repeating", &["1", "2", "20"]),
            one("max_sequential", &["1", "2", "20"]),
            one("first", &["letter", "alnum"]),
            one("last", &["letter", "alnum"]),
            one("distinct", &["true"]),
            one("include_space", &["true"]),
            one("count", &["2", "15"]),
        ];
        (length, minimums, limits).prop_map(|(length, minimums, limits)| {
            format!("{length}{}{}", minimums.concat(), limits.concat())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_request_takes_more_steps_than_the_budget_has(query in prop_oneof![parameters(), texts()]) {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let mut budget = Budget::default();
            let request = Request::from_pairs(pairs).unwrap_or_else(|errors| panic!("{query}: {errors:?}"));
            let recipe = request.compile_within(&mut budget);
            if let Err(error) = recipe {
                let codes = ["policy_too_complex", "unsatisfiable", "entropy_unreachable", "invalid_parameter"];
                prop_assert!(codes.contains(&error.code()), "{error}");
            }
            prop_assert!(budget.spent() <= MAX_STEPS);
        }
    }
}
