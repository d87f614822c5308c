//! One start of a program, with a stop-watch.

use std::time::Duration;

use runtime_api::{Answer, Environment, Failure, Function};

use crate::{
    Error,
    figures::Figures,
    process::{cpu_time, peak_memory},
    quota::Quota,
    statistics::percentile,
};

/// What stands in each proxy answer that is a success.
const SUCCESS: &[u8] = br#""statusCode":2"#;

/// A program that is ready to be started.
pub struct Subject {
    /// The name of its row.
    pub name: &'static str,
    /// The program with its environment.
    pub function: Function,
    /// What it is given again and again.
    pub event: Vec<u8>,
}

impl Subject {
    /// Starts the program, hands it the event once, and then `invocations` times. From the end of
    /// its INIT it has but the share of `quota`.
    ///
    /// # Errors
    /// If it does not start, or does not answer with a success.
    pub fn measure(&self, invocations: u32, quota: Option<&Quota>) -> Result<Figures, Error> {
        let mut environment = Environment::start(&self.function).map_err(|e| self.failed(e))?;
        let pid = environment.pid();
        let asked = environment.ready().map_err(|e| self.failed(e))?;
        let init = asked.duration_since(environment.spawned());
        let init_cpu = cpu_time(pid)?;
        if let Some(quota) = quota {
            quota.hold(pid)?;
        }
        let first = self.invoke(&mut environment)?;
        let after_first = self.settled_cpu_time(&mut environment)?;
        let mut warm = Vec::new();
        for _ in 0..invocations {
            warm.push(1e6 * self.invoke(&mut environment)?.as_secs_f64());
        }
        let warm_cpu = self.settled_cpu_time(&mut environment)?.saturating_sub(after_first);
        Ok(Figures {
            init_ms: ms(init),
            init_cpu_ms: ms(init_cpu),
            first_ms: ms(first),
            first_cpu_ms: ms(after_first.saturating_sub(init_cpu)),
            cold_ms: ms(init + first),
            warm_p50_us: percentile(&warm, 50).unwrap_or_default(),
            warm_p99_us: percentile(&warm, 99).unwrap_or_default(),
            warm_cpu_us: 1e3 * ms(warm_cpu) / f64::from(invocations),
            memory_mib: f64::from(peak_memory(pid)?) / 1024.0,
        })
    }

    fn invoke(&self, environment: &mut Environment) -> Result<Duration, Error> {
        let invocation = environment.invoke(&self.event).map_err(|e| self.failed(e))?;
        match &invocation.answer {
            Answer::Response(body) if body.windows(SUCCESS.len()).any(|part| part == SUCCESS) => {
                Ok(invocation.duration())
            }
            Answer::Response(body) | Answer::Error(body) => {
                Err(Error::Refused(self.name, String::from_utf8_lossy(body).into_owned()))
            }
        }
    }

    /// The CPU time up to the next question for an event.
    fn settled_cpu_time(&self, environment: &mut Environment) -> Result<Duration, Error> {
        environment.ready().map_err(|e| self.failed(e))?;
        cpu_time(environment.pid())
    }

    const fn failed(&self, failure: Failure) -> Error {
        Error::Function(self.name, failure)
    }
}

fn ms(duration: Duration) -> f64 {
    1e3 * duration.as_secs_f64()
}
