/** The two settings that say where other settings are, and therefore cannot be in a file themselves. */
export const bootstrapOptions = {
  config: {
    name: 'config',
    help: 'Configuration file, YAML or JSON.',
    accepts: 'the path of a file',
  },
  profileDirectory: {
    name: 'profile-directory',
    help: 'Folder into which the ConfigMap eci-profile is mounted. Its vSwitchIds, securityGroupId and resourceGroupId stand beneath the configuration file.',
    accepts: 'the path of a folder',
  },
} as const;
