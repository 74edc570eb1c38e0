namespace SandboxOperator.Gateway.Http;

/// <summary>Who asks. Endpoints take it as a parameter.</summary>
/// <param name="Project">The project whose objects the caller sees.</param>
/// <param name="IsAdmin">Whether the caller may also see what concerns all projects.</param>
internal sealed record Caller(string Project, bool IsAdmin)
{
    /// <summary>The project of callers when no keys are configured.</summary>
    public const string DefaultProject = "default";

    /// <summary>Lets endpoints declare a parameter of this type.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context));

    public static Caller Of(HttpContext context) =>
        context.Features.Get<Caller>()
        ?? throw new InvalidOperationException("The request has not been authenticated.");
}
