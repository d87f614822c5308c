// How long packages of npm take for a password of 20 characters, in nanoseconds.
import passwords from "generate-password";
import { customAlphabet, nanoid } from "nanoid";

const LENGTH = 20;
// The 88 characters of the default request.
const ALPHABET =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*()_+-=[]{};:,.<>?|";

const strict = { length: LENGTH, numbers: true, symbols: true, strict: true };
const ofAlphabet = customAlphabet(ALPHABET, LENGTH);

// The median of batches that are so short that most are not interrupted.
function median(make, batches = 2000, size = 1000) {
  const times = [];
  for (let batch = 0; batch < batches; batch++) {
    const start = process.hrtime.bigint();
    for (let made = 0; made < size; made++) make();
    times.push(Number(process.hrtime.bigint() - start) / size);
  }
  times.sort((one, other) => one - other);
  return times[batches / 2].toFixed(0);
}

console.log(`npm generate-password, strict\t${median(() => passwords.generate(strict))}`);
console.log(`npm nanoid, 64 characters, no rules\t${median(() => nanoid(LENGTH))}`);
console.log(`npm nanoid, 88 characters, no rules\t${median(() => ofAlphabet())}`);
