const vscode = require('vscode');

/** Files that are nowhere but here, by their path. */
const files = new Map();
const changed = new vscode.EventEmitter();

exports.activate = (context) => {
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider('nowhere', {
    onDidChangeFile: changed.event,
    watch: () => new vscode.Disposable(() => {}),
    stat: ({ path }) => {
      if (path === '/') return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
      const content = files.get(path);
      if (content === undefined) throw vscode.FileSystemError.FileNotFound(path);
      return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: content.length };
    },
    readDirectory: () => [...files.keys()].map((path) => [path.slice(1), vscode.FileType.File]),
    readFile: ({ path }) => files.get(path) ?? (() => { throw vscode.FileSystemError.FileNotFound(path); })(),
    writeFile: (uri, content) => {
      files.set(uri.path, content);
      changed.fire([{ type: vscode.FileChangeType.Created, uri }]);
    },
    createDirectory: () => { throw vscode.FileSystemError.NoPermissions(); },
    delete: ({ path }) => { files.delete(path); },
    rename: () => { throw vscode.FileSystemError.NoPermissions(); },
  }));
};
