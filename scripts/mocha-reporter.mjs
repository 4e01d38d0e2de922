// mocha's spec reporter, plus the counts as JSON for scripts/test.mjs (file named by ALCEDO_TEST_REPORT).
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class CountingSpec extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      const report = process.env.ALCEDO_TEST_REPORT;
      if (report)
        writeFileSync(report, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}
