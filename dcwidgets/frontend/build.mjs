// One ES module per widget, beside the Python package that serves it.
import { readdirSync } from 'node:fs';
import esbuild from 'esbuild';

const widgets = readdirSync('src/widgets')
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => `src/widgets/${name}`);
const watch = process.argv.includes('--watch');
const options = {
  entryPoints: widgets,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  outdir: '../static',
  minify: !watch,
  sourcemap: watch ? 'inline' : false,
};
if (watch) {
  await (await esbuild.context(options)).watch();
} else {
  await esbuild.build(options);
}
