namespace SandboxOperator.Gateway.Files;

/// <summary>What files are for.</summary>
internal static class FilePurposes
{
    public const string AssistantsOutput = "assistants_output";

    /// <summary>What callers may upload.</summary>
    public static readonly string[] Uploaded = ["fine-tune", "assistants", "batch", "user_data", "vision", "evals"];

    /// <summary>What lists may be filtered by.</summary>
    public static readonly string[] All = [.. Uploaded, AssistantsOutput, "batch_output", "fine-tune-results"];

    /// <exception cref="Http.ApiException">Callers may not upload files for that.</exception>
    public static string Check(string purpose) =>
        Uploaded.Contains(purpose, StringComparer.Ordinal)
            ? purpose
            : throw Http.ApiErrors.InvalidValue(
                "purpose",
                $"'{Http.ApiErrors.Shorten(purpose)}' is not one of [{string.Join(", ", Uploaded.Select(one => $"'{one}'"))}] - 'purpose'"
            );
}
