using Microsoft.Extensions.Options;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>Refuses patterns that could not be applied.</summary>
internal sealed class RedactionOptionsValidator : IValidateOptions<RedactionOptions>
{
    public ValidateOptionsResult Validate(string? name, RedactionOptions options) =>
        options.Problem() is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
}
