/** The two settings that say where other settings are, and therefore cannot be in a file themselves. */
export const bootstrapOptions = {
  config: {
    name: 'config',
    help: 'Configuration file, YAML or JSON.',
    accepts: 'the path of a file',
  },
  profileDirectory: {
    name: 'profile-directory',
    help: 'Folder into which the ConfigMap eci-profile is mounted. It stands beneath the configuration file, and is read again when it changes. Without it the ConfigMap is read through the API server.',
    accepts: 'the path of a folder',
  },
} as const;
