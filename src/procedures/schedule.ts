// Learning-rate schedules: the rate as a function of the training's progress.

export type Schedule =
  | { kind: 'constant' }
  | {
      kind: 'step';
      /** Parts of the training, 0..1, at which the rate drops. */ at: readonly number[];
      factor?: number;
    }
  | {
      kind: 'cosine';
      /** Part of the training, 0..1, that warms up linearly. */ warmup?: number;
      end?: number;
    };

/** Factor of the initial rate at `progress` in 0..1. */
export function scheduleFactor(schedule: Schedule, progress: number): number {
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'step':
      return (schedule.factor ?? 0.1) ** schedule.at.filter((point) => progress >= point).length;
    case 'cosine': {
      const { warmup = 0, end = 0 } = schedule;
      if (progress < warmup) return Math.max(progress / warmup, 0.01);
      const rest = (progress - warmup) / Math.max(1 - warmup, Number.EPSILON);
      return end + (1 - end) * 0.5 * (1 + Math.cos(Math.PI * Math.min(rest, 1)));
    }
  }
}

/** 'constant', 'cosine', 'cosine:0.1' (warm-up), 'step', 'step:0.5,0.75'. */
export function parseSchedule(text: string): Schedule {
  const [kind, numbers, ...rest] = text.split(':');
  const parts = numbers === undefined || numbers === '' ? [] : numbers.split(',');
  const values = [...parts.map((part) => (part.trim() === '' ? NaN : Number(part))), ...rest.map(() => NaN)];
  if (values.every((value) => value >= 0 && value <= 1)) {
    if (kind === 'constant' && values.length === 0) return { kind };
    if (kind === 'step') return { kind, at: values.length > 0 ? values : [0.5, 0.75] };
    if (kind === 'cosine' && values.length <= 1) return { kind, warmup: values[0] ?? 0 };
  }
  throw new Error(`'${text}' is no schedule; use constant, step:0.5,0.75 or cosine:0.1`);
}
