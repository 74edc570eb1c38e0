namespace SandboxOperator.Controller.Options;

/// <summary>How several controllers agree on one that works. Section <c>Leader</c>.</summary>
internal sealed class LeaderOptions
{
    public const string Section = "Leader";

    /// <summary>The namespace of their lease; also <c>POD_NAMESPACE</c>, else the one of the connection.</summary>
    public string? Namespace { get; set; }

    /// <summary>After how many seconds without a sign of the leader another one takes over.</summary>
    public double LeaseSeconds { get; set; } = 15;

    /// <summary>The settings, for those who need them before there are services.</summary>
    public static LeaderOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<LeaderOptions>() ?? new LeaderOptions();
        if (string.IsNullOrWhiteSpace(options.Namespace))
        {
            options.Namespace = configuration["POD_NAMESPACE"] is { Length: > 0 } own ? own : null;
        }

        return options;
    }
}
