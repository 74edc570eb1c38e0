namespace SandboxOperator.Gateway.Tokens;

/// <summary>Counts tokens, roughly: models differ, so counts are corrected by what upstreams report.</summary>
internal interface ITokenCounter
{
    /// <summary>Tokens of a text in the vocabulary we have. Long texts are sampled.</summary>
    int Count(string text);

    /// <summary>A sum of counts, corrected by what was learnt of the model.</summary>
    long Correct(string model, long counted);

    /// <summary>Learns from a request: what we counted for its prompt, and what the upstream reported.</summary>
    void Learn(string model, long counted, long reported);
}
