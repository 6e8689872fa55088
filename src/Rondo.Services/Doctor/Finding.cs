namespace Rondo.Services.Doctor;

/// <summary>How something is.</summary>
internal enum FindingState
{
    Ok,

    /// <summary>It works, but less well than it could, or not for long.</summary>
    Warn,

    /// <summary>Something does not work, or will be lost.</summary>
    Fail,
}

/// <summary>What was found about one subject.</summary>
/// <param name="Code">One of <see cref="FindingCodes"/>.</param>
/// <param name="State">How it is.</param>
/// <param name="Measured">What was seen, with its unit.</param>
internal sealed record Finding(string Code, FindingState State, string Measured)
{
    public static Finding Ok(string code, string measured) => new(code, FindingState.Ok, measured);

    public static Finding Warn(string code, string measured) => new(code, FindingState.Warn, measured);

    public static Finding Fail(string code, string measured) => new(code, FindingState.Fail, measured);
}
