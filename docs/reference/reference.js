// Starts the renderer on the live document. Everything that would ask another host is off.
const dark = document.documentElement.classList.contains('dark')
Scalar.createApiReference('#reference', {
  url: '/openapi.json',
  theme: 'none',
  layout: 'modern',
  darkMode: dark,
  forceDarkModeState: dark ? 'dark' : 'light',
  hideDarkModeToggle: true,
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: '',
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  documentDownloadType: 'json',
  defaultOpenFirstTag: true,
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  hiddenClients: { c: true, clojure: true, objc: true, ocaml: true, r: true, swift: true, powershell: true, dart: true, fsharp: true, http: ['http1.1'] },
  authentication: { preferredSecurityScheme: 'token' },
  orderSchemaPropertiesBy: 'preserve',
  orderRequiredPropertiesFirst: true,
})
document.addEventListener('gochron:theme', () => location.reload())
