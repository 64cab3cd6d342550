import { defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite'

/** Builds the console into the package; the tests have a configuration of their own. */
export default defineConfig({
  root: 'src/console',
  // The server may be anywhere below a proxy's path.
  base: './',
  logLevel: 'warn',
  plugins: [preloadFont()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    // The Content-Security-Policy permits no data: URLs and no inline script.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
})

/** The font is asked for with the page, not only when the style sheet has come. */
function preloadFont(): Plugin {
  return {
    name: 'preload-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const fonts = Object.keys(bundle).filter((name) => name.endsWith('.woff2'))
        return fonts.map((name): HtmlTagDescriptor => {
          const attrs = {
            rel: 'preload',
            href: `./${name}`,
            as: 'font',
            type: 'font/woff2',
            crossorigin: true,
          }
          return { tag: 'link', attrs, injectTo: 'head-prepend' }
        })
      },
    },
  }
}
