namespace SandboxOperator.Gateway.Upstream;

/// <summary>How models are asked. Section <c>Upstream</c>, beside its address, key and model names.</summary>
internal sealed class ModelOptions
{
    public const string Section = "Upstream";

    /// <summary>With its version path, such as <c>https://host/v1</c>; null for none.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>Null when the upstream wants none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>How long the upstream may take to say the first word of an answer.</summary>
    public double FirstByteSeconds { get; set; } = 180;

    /// <summary>How long it may be silent within an answer.</summary>
    public double IdleSeconds { get; set; } = 120;

    /// <summary>How often one turn is asked for at most, the first time included.</summary>
    public int MaxAttempts { get; set; } = 6;

    /// <summary>The wait before the first repeat; it doubles with each.</summary>
    public double BackoffSeconds { get; set; } = 0.5;

    /// <summary>The longest wait before a repeat, unless the upstream names a longer one.</summary>
    public double MaxBackoffSeconds { get; set; } = 20;

    /// <summary>How long the upstream's list of models is believed.</summary>
    public double ModelListSeconds { get; set; } = 60;

    /// <summary>True when there is an upstream.</summary>
    public bool HasUpstream => !string.IsNullOrWhiteSpace(BaseUrl);

    /// <summary>Refuses settings that make no sense.</summary>
    /// <exception cref="InvalidOperationException">Names the setting.</exception>
    public void Check()
    {
        Check(nameof(FirstByteSeconds), FirstByteSeconds, 0.001);
        Check(nameof(IdleSeconds), IdleSeconds, 0.001);
        Check(nameof(MaxAttempts), MaxAttempts, 1);
        Check(nameof(BackoffSeconds), BackoffSeconds, 0);
        Check(nameof(MaxBackoffSeconds), MaxBackoffSeconds, 0);
        Check(nameof(ModelListSeconds), ModelListSeconds, 0);
    }

    private static void Check(string name, double value, double least)
    {
        if (!(value >= least && value <= 86_400))
        {
            throw new InvalidOperationException($"{Section}:{name} must be between {least} and 86400, not {value}.");
        }
    }
}
