//! Parameters: any names and values are a request or at least one fault, the same ones in any order,
//! and a request has a password or one reason why not.
#![no_main]

use generator::Request;
use rand::{SeedableRng, rngs::ChaCha8Rng};

libfuzzer_sys::fuzz_target!(|query: &str| {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let request = Request::from_pairs(pairs.clone());
    assert_eq!(Request::from_pairs(pairs.rev()), request);
    match request {
        Err(errors) => assert!(!errors.is_empty()),
        Ok(request) => {
            let Ok(recipe) = request.compile() else { return };
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            if let Ok(generated) = recipe.generate(request.count(), &mut rng) {
                assert_eq!(generated.passwords.len(), usize::from(request.count()));
            }
        }
    }
});
