namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>Finds the agent and its kernel program.</summary>
internal static class AgentFiles
{
    /// <exception cref="SandboxUnavailableException">One of them is not there.</exception>
    public static (string Agent, string Kernel) Locate(LocalSandboxOptions options)
    {
        var near = AppContext.BaseDirectory;
        var agent = Find(
            nameof(options.AgentPath),
            options.AgentPath,
            Path.Combine(near, RuntimeFolder.Agent),
            Path.Combine(near, "../agent", RuntimeFolder.Agent)
        );
        var kernel = Find(
            nameof(options.KernelPath),
            options.KernelPath,
            Path.Combine(Path.GetDirectoryName(agent)!, RuntimeFolder.Kernel),
            Path.Combine(near, RuntimeFolder.Kernel)
        );
        return (agent, kernel);
    }

    private static string Find(string setting, string? configured, params string[] usual)
    {
        var candidates = configured is null ? usual : [configured];
        return candidates.Select(Path.GetFullPath).FirstOrDefault(File.Exists)
            ?? throw new SandboxUnavailableException(
                $"There is no {string.Join(" or ", candidates.Select(Path.GetFullPath))}. Type `make build`, or set "
                    + $"{LocalSandboxOptions.Section}:{setting}."
            );
    }
}
