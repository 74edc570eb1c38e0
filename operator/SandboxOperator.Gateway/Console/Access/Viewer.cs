namespace SandboxOperator.Gateway.Console.Access;

/// <summary>Who looks at a page, and what every page needs to know of the request.</summary>
/// <param name="Project">The project of the viewer's key.</param>
/// <param name="IsAdmin">Whether the viewer sees all projects.</param>
/// <param name="SignedIn">False when no keys are configured: there is nothing to sign out of.</param>
/// <param name="Theme"><c>light</c>, <c>dark</c>, or null to follow the system.</param>
/// <param name="FormToken">What forms send back, so that no other site's page can send them.</param>
/// <param name="NowMs">The time of the request, Unix milliseconds.</param>
public sealed record Viewer(string Project, bool IsAdmin, bool SignedIn, string? Theme, string FormToken, long NowMs)
{
    /// <summary>The name of the form field that carries <see cref="FormToken"/>.</summary>
    public const string FormTokenField = "form_token";

    /// <summary>The request header that carries <see cref="FormToken"/> where there is no form.</summary>
    public const string FormTokenHeader = "X-Console-Token";

    /// <summary>The only project whose objects are shown; null when all are.</summary>
    internal string? OnlyProject => IsAdmin ? null : Project;

    internal Http.Caller Caller => new(Project, IsAdmin);
}
