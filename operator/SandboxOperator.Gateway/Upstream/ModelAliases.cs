using System.Globalization;
using SandboxOperator.Gateway.BuiltIn;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>
/// What the settings say of models: <c>Upstream:Models:NAME</c> is what the upstream calls NAME, <c>*</c> stands for
/// every name that is not known otherwise, and the value <c>*</c> passes a name on as it is;
/// <c>Upstream:ContextWindow:NAME</c> is what a model of the upstream can read and write at once.
/// </summary>
internal sealed class ModelAliases
{
    /// <summary>The name that stands for every other.</summary>
    public const string Any = "*";

    /// <summary>The context window of models that the settings do not name.</summary>
    public const int DefaultContextWindow = 128_000;

    private readonly Dictionary<string, string> _aliases;
    private readonly Dictionary<string, int> _windows;
    private readonly bool _hasUpstream;

    public ModelAliases(
        IEnumerable<KeyValuePair<string, string>> aliases,
        IEnumerable<KeyValuePair<string, int>> windows,
        bool hasUpstream
    )
    {
        _aliases = new Dictionary<string, string>(aliases, StringComparer.OrdinalIgnoreCase);
        _windows = new Dictionary<string, int>(windows, StringComparer.OrdinalIgnoreCase);
        _hasUpstream = hasUpstream;
        if (!hasUpstream)
        {
            // Without an upstream an old application that says gpt-4o still gets an answer.
            _aliases.TryAdd(Any, PythonModel.Name);
        }
    }

    /// <summary>The names that the settings make.</summary>
    public IEnumerable<string> Names => _aliases.Keys.Where(name => name != Any);

    /// <summary>Reads the settings. Names may hold colons, which configuration takes for levels.</summary>
    public static ModelAliases From(IConfiguration configuration)
    {
        var upstream = configuration.GetSection(ModelOptions.Section);
        return new ModelAliases(
            Values(upstream.GetSection("Models")),
            Values(upstream.GetSection("ContextWindow"))
                .Select(pair =>
                    KeyValuePair.Create(
                        pair.Key,
                        int.TryParse(pair.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens)
                        && tokens > 0
                            ? tokens
                            : throw new InvalidOperationException(
                                $"Upstream:ContextWindow:{pair.Key} must be a number of tokens, not '{pair.Value}'."
                            )
                    )
                ),
            !string.IsNullOrWhiteSpace(upstream["BaseUrl"])
        );
    }

    /// <summary>The upstream's name of a model, or null when there is none of that name.</summary>
    /// <param name="name">As the caller says it.</param>
    /// <param name="listed">What the upstream lists; null while that is not known.</param>
    public string? Resolve(string name, IReadOnlySet<string>? listed)
    {
        if (string.IsNullOrEmpty(name) || name == Any)
        {
            return null;
        }
        if (_aliases.TryGetValue(name, out var target))
        {
            return target == Any ? name : target;
        }
        if (name == PythonModel.Name)
        {
            return name;
        }
        if (listed is not null && (listed.Contains(name) || listed.Contains($"{name}:latest")))
        {
            return name;
        }
        if (_aliases.TryGetValue(Any, out var any))
        {
            return any == Any ? name : any;
        }
        // A list that could not be had, or is empty, rules nothing out: the upstream will say.
        return _hasUpstream && listed is not { Count: > 0 } ? name : null;
    }

    /// <summary>Tokens that a model can read and write in one request.</summary>
    /// <param name="upstreamName">The upstream's name of the model.</param>
    public int ContextWindow(string upstreamName) =>
        _windows.TryGetValue(upstreamName, out var tokens) || _windows.TryGetValue(Any, out tokens)
            ? tokens
            : DefaultContextWindow;

    /// <summary>What to tell a caller who named a model that is not there.</summary>
    public static string UnknownMessage(string name) =>
        $"The model '{name}' does not exist. Set Upstream:Models:{name} to a model of the upstream, "
        + "or Upstream:Models:* to the one that answers for every unknown name.";

    private static IEnumerable<KeyValuePair<string, string>> Values(IConfigurationSection section) =>
        section
            .AsEnumerable(makePathsRelative: true)
            .Where(pair => !string.IsNullOrEmpty(pair.Key) && !string.IsNullOrEmpty(pair.Value))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value!));
}
