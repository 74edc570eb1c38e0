namespace SandboxOperator.Api.Resources;

/// <summary>Whether a condition holds.</summary>
public static class ConditionStatus
{
    /// <summary>It holds.</summary>
    public const string True = "True";

    /// <summary>It does not hold.</summary>
    public const string False = "False";

    /// <summary>Nobody knows, or not yet.</summary>
    public const string Unknown = "Unknown";
}
