/** All of the look: Mantine's defaults, tuned once. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'
import { texts } from '../components/texts.ts'

const indigo: MantineColorsTuple = ['#eef0ff', '#dcdffd', '#b7bbf6', '#9094f0', '#6f73ea', '#5a5ee7', '#4f53e6', '#4145cd', '#383cb8', '#2c31a3']
/** Cooler than Mantine's, so that surfaces part by lightness alone. */
const dark: MantineColorsTuple = ['#e6e7ec', '#c3c5cf', '#a6a9b6', '#868a99', '#4c4f5c', '#363945', '#2a2c36', '#1d1f27', '#17181f', '#111217']
const gray: MantineColorsTuple = ['#f7f7f9', '#f0f1f4', '#e6e7ec', '#d9dbe2', '#c5c8d2', '#9fa3b1', '#6d7180', '#4b4f5d', '#33363f', '#1f2128']

// Mantine's close buttons have no name, and its header would be a second banner of the page.
const titled = { closeButtonProps: { 'aria-label': texts.close }, attributes: { header: { role: 'none' } } }

export const theme = createTheme({
  primaryColor: 'indigo',
  // The defaults fail WCAG's contrast on filled buttons and light badges.
  primaryShade: { light: 8, dark: 8 },
  colors: { indigo, dark, gray },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '11px', xl: '18px' },
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: { fontWeight: '620', sizes: { h1: { fontSize: '22px', lineHeight: '1.3' }, h2: { fontSize: '17px', lineHeight: '1.35' }, h3: { fontSize: '14px', lineHeight: '1.4' }, h4: { fontSize: '13px', lineHeight: '1.4' } } },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '36px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  // By name: to name the components themselves would put all of them into the first load.
  components: {
    Anchor: { defaultProps: { underline: 'hover' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    Badge: { defaultProps: { variant: 'dot', radius: 'sm', tt: 'none', fw: 500, size: 'md' }, styles: { root: { background: 'transparent', border: 0, paddingInline: 0, overflow: 'visible' }, label: { overflow: 'visible' } } },
    Button: { defaultProps: { size: 'xs', fw: 550 } },
    Card: { defaultProps: { withBorder: true, padding: 'md', shadow: 'none', bg: 'var(--mantine-color-body)' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Drawer: { defaultProps: { position: 'right', size: 'lg', ...titled, overlayProps: { backgroundOpacity: 0.35 } } },
    // Above notices, which stand where a row's menu may open.
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end', withinPortal: true, zIndex: 500 } },
    Modal: { defaultProps: { centered: true, ...titled, overlayProps: { backgroundOpacity: 0.45, blur: 2 } } },
    // As forms that are drawn from schemas have it.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    MultiSelect: { defaultProps: { size: 'sm' } },
    NavLink: { defaultProps: { variant: 'light' } },
    NumberInput: { defaultProps: { size: 'sm' } },
    Paper: { defaultProps: { withBorder: true, bg: 'var(--mantine-color-body)' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'sm', checkIconPosition: 'right', allowDeselect: false } },
    Skeleton: { defaultProps: { radius: 'sm' } },
    Switch: { defaultProps: { size: 'sm' } },
    Table: { defaultProps: { verticalSpacing: 8, horizontalSpacing: 'sm' } },
    Tabs: { defaultProps: { keepMounted: false } },
    TagsInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm', autosize: true, minRows: 2 } },
    TextInput: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, multiline: true, maw: 320 } },
  },
})

/** Variables that Mantine has none for, and the few of its own that fail WCAG's contrast. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff', '--app-canvas': '#f7f7f9', '--app-line': '#e4e5eb', '--app-hover': '#f4f4f8',
    '--app-good': '#0b7a3e', '--app-bad': '#c02323', '--app-warn': '#9a5b00', '--app-idle': '#6d7180', '--app-accent': '#383cb8',
    '--mantine-color-dimmed': '#5c6070', '--mantine-color-placeholder': '#6d7180', '--mantine-color-error': '#c02323', '--mantine-color-anchor': '#383cb8',
    '--mantine-color-default-border': '#d9dbe2',
  },
  dark: {
    '--mantine-color-body': '#1a1b22', '--app-canvas': '#131419', '--app-line': '#2a2c36', '--app-hover': '#20222b',
    '--app-good': '#4cc38a', '--app-bad': '#ff7d7d', '--app-warn': '#f0b04d', '--app-idle': '#9fa3b1', '--app-accent': '#a9adf8',
    '--mantine-color-dimmed': '#a6a9b6', '--mantine-color-placeholder': '#9397a6', '--mantine-color-error': '#ff7d7d', '--mantine-color-anchor': '#a9adf8',
    '--mantine-color-text': '#e6e7ec', '--mantine-color-default': '#20222b', '--mantine-color-dark-6': '#1d1f27', '--mantine-color-dark-4': '#2f323d', '--mantine-color-default-hover': '#282a34', '--mantine-color-default-border': '#363945',
  },
})
