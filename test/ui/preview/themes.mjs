// Four of VS Code's own themes, as the variables that its webviews set on the root element: those that the pages use.
// Written by hand and near enough to judge a layout by; VS Code itself has the last word on a colour.
const fonts = {
  'font-family': 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
  'font-size': '13px',
  'font-weight': 'normal',
  'editor-font-family': '"Droid Sans Mono", monospace',
};

export const themes = {
  'dark-modern': {
    kind: 'vscode-dark',
    variables: {
      ...fonts,
      'foreground': '#cccccc', 'descriptionForeground': '#9d9d9d', 'focusBorder': '#0078d4',
      'editor-background': '#1f1f1f', 'editor-foreground': '#cccccc', 'widget-border': '#313131', 'panel-border': '#2b2b2b',
      'button-background': '#0078d4', 'button-foreground': '#ffffff', 'button-hoverBackground': '#026ec1', 'button-border': '#ffffff12',
      'button-secondaryBackground': '#313131', 'button-secondaryForeground': '#cccccc', 'button-secondaryHoverBackground': '#3c3c3c',
      'checkbox-background': '#313131', 'checkbox-border': '#3c3c3c', 'checkbox-foreground': '#cccccc',
      'charts-foreground': '#cccccc', 'charts-lines': '#cccccc80', 'charts-red': '#f14c4c', 'charts-blue': '#3794ff',
      'charts-yellow': '#cca700', 'charts-orange': '#d18616', 'charts-green': '#89d185', 'charts-purple': '#b180d7',
    },
  },
  'light-modern': {
    kind: 'vscode-light',
    variables: {
      ...fonts,
      'foreground': '#3b3b3b', 'descriptionForeground': '#3b3b3b', 'focusBorder': '#005fb8',
      'editor-background': '#ffffff', 'editor-foreground': '#3b3b3b', 'widget-border': '#e5e5e5', 'panel-border': '#e5e5e5',
      'button-background': '#005fb8', 'button-foreground': '#ffffff', 'button-hoverBackground': '#0258a8', 'button-border': '#0000001a',
      'button-secondaryBackground': '#e5e5e5', 'button-secondaryForeground': '#3b3b3b', 'button-secondaryHoverBackground': '#cccccc',
      'checkbox-background': '#f8f8f8', 'checkbox-border': '#cecece', 'checkbox-foreground': '#3b3b3b',
      'charts-foreground': '#3b3b3b', 'charts-lines': '#3b3b3b80', 'charts-red': '#e51400', 'charts-blue': '#1a85ff',
      'charts-yellow': '#bf8803', 'charts-orange': '#d18616', 'charts-green': '#388a34', 'charts-purple': '#652d90',
    },
  },
  'hc-dark': {
    kind: 'vscode-high-contrast',
    variables: {
      ...fonts,
      'foreground': '#ffffff', 'descriptionForeground': 'rgba(255, 255, 255, 0.7)', 'focusBorder': '#f38518',
      'contrastBorder': '#6fc3df', 'contrastActiveBorder': '#f38518',
      'editor-background': '#000000', 'editor-foreground': '#ffffff', 'widget-border': '#6fc3df', 'panel-border': '#6fc3df',
      'button-background': '#000000', 'button-foreground': '#ffffff', 'button-border': '#6fc3df', 'button-secondaryForeground': '#ffffff',
      'checkbox-background': '#000000', 'checkbox-border': '#6fc3df', 'checkbox-foreground': '#ffffff',
      'charts-foreground': '#ffffff', 'charts-lines': '#ffffff80', 'charts-red': '#f48771', 'charts-blue': '#3794ff',
      'charts-yellow': '#ffd370', 'charts-orange': '#ab5a00', 'charts-green': '#89d185', 'charts-purple': '#b180d7',
    },
  },
  'hc-light': {
    kind: 'vscode-high-contrast-light',
    variables: {
      ...fonts,
      'foreground': '#292929', 'descriptionForeground': 'rgba(41, 41, 41, 0.7)', 'focusBorder': '#006bbd',
      'contrastBorder': '#0f4a85', 'contrastActiveBorder': '#006bbd',
      'editor-background': '#ffffff', 'editor-foreground': '#292929', 'widget-border': '#0f4a85', 'panel-border': '#0f4a85',
      'button-background': '#0f4a85', 'button-foreground': '#ffffff', 'button-hoverBackground': '#0f4a85', 'button-border': '#0f4a85',
      'button-secondaryBackground': '#ffffff', 'button-secondaryForeground': '#292929',
      'checkbox-background': '#ffffff', 'checkbox-border': '#0f4a85', 'checkbox-foreground': '#292929',
      'charts-foreground': '#292929', 'charts-lines': '#29292980', 'charts-red': '#b5200d', 'charts-blue': '#1a85ff',
      'charts-yellow': '#895503', 'charts-orange': '#0f4a85', 'charts-green': '#374e06', 'charts-purple': '#652d90',
    },
  },
};
