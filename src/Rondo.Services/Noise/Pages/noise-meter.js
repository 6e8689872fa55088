// The meter in the audio thread: the same sums as the server's LevelMeter, at the rate that the audio really has. Of
// the sound itself nothing is kept, and nothing but levels is passed on.

const poles = { low: 20.598997, lowerMiddle: 107.65265, upperMiddle: 737.86223, high: 12194.217 };
const fastSeconds = 0.125;
const mutedSeconds = 2;
const clipsAt = 0.999;
const clippedInARow = 3;
const displaysPerSecond = 8;
const least = 1e-60;

// A and C of IEC 61672-1, annex E, by the bilinear transform: sections of b0, b1, b2, a1, a2 and two states.
function design(isA) {
  const { low, lowerMiddle, upperMiddle, high } = poles;
  const k = 2 * sampleRate;
  const sections = [];
  let scale = 1 / gain(isA, 1000);
  const w = 2 * Math.PI * high;
  const divisor = (k + w) ** 2;
  scale *= w * w / divisor;
  sections.push([1, 2, 1, 2 * (w * w - k * k) / divisor, (k - w) ** 2 / divisor, 0, 0]);
  const pairs = isA ? [[lowerMiddle, upperMiddle], [low, low]] : [[low, low]];
  for (const [first, second] of pairs) {
    const p = 2 * Math.PI * first;
    const q = 2 * Math.PI * second;
    const all = (k + p) * (k + q);
    scale *= k * k / all;
    sections.push([1, -2, 1, 2 * (p * q - k * k) / all, (k - p) * (k - q) / all, 0, 0]);
  }
  for (let i = 0; i < 3; i++) sections[0][i] *= scale;
  return sections.map(section => Float64Array.from(section));
}

function gain(isA, frequency) {
  const square = frequency * frequency;
  const c = poles.high ** 2 * square / ((square + poles.low ** 2) * (square + poles.high ** 2));
  return isA
    ? c * square / Math.sqrt((square + poles.lowerMiddle ** 2) * (square + poles.upperMiddle ** 2))
    : c;
}

function next(sections, sample) {
  for (const s of sections) {
    const output = s[0] * sample + s[5];
    s[5] = s[1] * sample - s[3] * output + s[6];
    s[6] = s[2] * sample - s[4] * output;
    sample = output;
  }
  return sample;
}

// As though the input had been this one for ever: a constant offset makes no step.
function settle(sections, sample) {
  for (const s of sections) {
    const output = sample * (s[0] + s[1] + s[2]) / (1 + s[3] + s[4]);
    s[6] = s[2] * sample - s[4] * output;
    s[5] = s[1] * sample - s[3] * output + s[6];
    sample = output;
  }
}

function dropResidue(sections) {
  for (const s of sections) {
    if (Math.abs(s[5]) < least) s[5] = 0;
    if (Math.abs(s[6]) < least) s[6] = 0;
  }
}

class NoiseMeter extends AudioWorkletProcessor {
  a = design(true);
  c = design(false);
  share = 1 - Math.exp(-1 / (sampleRate * fastSeconds));
  hasBegun = false;
  fast = 0;
  taken = 0;
  sum = 0;
  greatest = 0;
  peak = 0;
  large = 0;
  zeros = 0;
  isClipped = false;
  untilDisplay = 0;

  process([[samples]]) {
    // Without a microphone there is no sound: a gap, and not silence.
    if (!samples) return true;
    if (!this.hasBegun) {
      this.hasBegun = true;
      settle(this.a, samples[0]);
      settle(this.c, samples[0]);
    }
    for (const sample of samples) this.take(sample);
    this.untilDisplay -= samples.length;
    if (this.untilDisplay <= 0) {
      this.untilDisplay += sampleRate / displaysPerSecond;
      this.port.postMessage({ fast: level(this.fast) });
    }
    return true;
  }

  take(sample) {
    const weighted = next(this.a, sample);
    const square = weighted * weighted;
    this.sum += square;
    this.fast += this.share * (square - this.fast);
    if (this.fast > this.greatest) this.greatest = this.fast;
    const peak = Math.abs(next(this.c, sample));
    if (peak > this.peak) this.peak = peak;
    this.zeros = sample === 0 ? this.zeros + 1 : 0;
    this.large = Math.abs(sample) >= clipsAt ? this.large + 1 : 0;
    if (this.large >= clippedInARow) this.isClipped = true;
    if (++this.taken === sampleRate) this.finish();
  }

  finish() {
    this.port.postMessage({
      second: {
        laeq: level(this.sum / this.taken),
        lafmax: level(this.greatest),
        lcpeak: level(this.peak * this.peak),
        isClipped: this.isClipped,
        isMuted: this.zeros >= mutedSeconds * sampleRate,
      },
    });
    this.taken = this.sum = this.peak = 0;
    this.isClipped = false;
    dropResidue(this.a);
    dropResidue(this.c);
    if (this.fast < least) this.fast = 0;
    this.greatest = this.fast;
  }
}

// dB below full scale; a sine of full scale has -3.01.
function level(power) {
  return 10 * Math.log10(power);
}

registerProcessor('noise-meter', NoiseMeter);
