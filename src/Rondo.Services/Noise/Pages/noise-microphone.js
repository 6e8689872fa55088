// The microphone, as it is: without what makes speech better and levels wrong. It is asked for again when it goes.

const wanted = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const silentMs = 5000;
const againMs = 2000;

export const microphone = {
  // The page sets these: the displayed level, the levels of a second, and what has changed.
  onFast() {},
  onSecond() {},
  onChange() {},

  label: '',
  rate: 0,
  isProcessed: false,

  // '', 'muted' by the system, 'interrupted' by a call, or 'gone'.
  trouble: '',

  context: null,
  stream: null,
  wakeLock: null,
  isWanted: false,
  isOpening: false,
  heard: 0,

  /** Asks for it. Throws what the browser throws when it may not be had. */
  async start() {
    this.isWanted = true;
    await this.open();
    setInterval(() => this.check(), silentMs);
    navigator.mediaDevices.addEventListener('devicechange', () => this.check());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      this.keepAwake();
      this.check();
    });
  },

  async open() {
    this.close();
    this.heard = Date.now();
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { ...wanted, channelCount: 1 } });
    const [track] = stream.getAudioTracks();
    const context = new AudioContext({ latencyHint: 'playback' });
    Object.assign(this, { stream, context, label: track.label });
    const settings = track.getSettings();
    const supported = navigator.mediaDevices.getSupportedConstraints();
    // What cannot be switched off, or does not say that it is, may be on.
    this.isProcessed = Object.keys(wanted).some(name => settings[name] ?? !supported[name]);
    // A headset may give fewer samples than the context makes of them.
    this.rate = Math.min(context.sampleRate, settings.sampleRate ?? context.sampleRate);
    track.onmute = () => this.tell('muted');
    track.onunmute = () => this.tell('');
    track.onended = () => this.check();
    context.onstatechange = () => {
      if (context === this.context) this.tell(context.state === 'running' ? '' : 'interrupted');
    };
    await context.audioWorklet.addModule('/assets/noise-meter.js');
    const node = new AudioWorkletNode(context, 'noise-meter', {
      numberOfInputs: 1, numberOfOutputs: 1, channelCount: 1, channelCountMode: 'explicit',
    });
    node.port.onmessage = ({ data: { fast, second } }) => {
      if (context !== this.context) return;
      this.heard = Date.now();
      if (second) this.onSecond(second);
      else this.onFast(fast);
    };
    context.createMediaStreamSource(stream).connect(node);
    // Silence: a node that leads nowhere may not be asked for anything.
    node.connect(context.destination);
    await context.resume();
    this.keepAwake();
    this.tell('');
  },

  /** Whether sound still comes; if not, from the beginning, which also takes a new device's rate. */
  async check() {
    if (!this.isWanted || this.isOpening) return;
    const track = this.stream?.getAudioTracks()[0];
    if (this.context && this.context.state !== 'running') await this.context.resume().catch(() => {});
    if (track?.readyState === 'live' && Date.now() - this.heard < silentMs) return;
    if (this.context?.state === 'interrupted') return;
    this.isOpening = true;
    this.tell('gone');
    try {
      await this.open();
    } catch {
      // Still away: asked for again at the next check.
      setTimeout(() => this.check(), againMs);
    } finally {
      this.isOpening = false;
    }
  },

  close() {
    const { context, stream } = this;
    this.context = this.stream = null;
    stream?.getTracks().forEach(track => track.stop());
    context?.close().catch(() => {});
  },

  stop() {
    this.isWanted = false;
    this.close();
    this.wakeLock?.release();
    this.wakeLock = null;
  },

  tell(trouble) {
    this.trouble = trouble;
    this.onChange();
  },

  // A phone on the wall must not go to sleep; where that cannot be asked for, its settings can.
  async keepAwake() {
    if (document.hidden || !this.isWanted) return;
    this.wakeLock = await navigator.wakeLock?.request('screen').catch(() => null) ?? null;
  },
};
