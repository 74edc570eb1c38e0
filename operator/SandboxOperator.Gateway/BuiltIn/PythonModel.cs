namespace SandboxOperator.Gateway.BuiltIn;

/// <summary>The model that is always there.</summary>
internal static class PythonModel
{
    /// <summary>Its name.</summary>
    public const string Name = "builtin/python";
}
