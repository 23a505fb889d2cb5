"""Passwords and words that appear first in every list of breached ones."""

COMMON = frozenset(
    """
    1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedcrfv zaq12wsxcde3 zxcvbnm123
    qwerty12345 asdfghjkl1 abcd123456 abc123abc123 a123456789 123456789a 123123123a 0123456789 1029384756 147258369
    147258369a 1234567890q 123456qwerty qwertyqwerty passwordpassword passw0rdpassw0rd changeme123 changemeplease
    letmeinplease iloveyouforever loveyouforever trustno1trustno1 thisismypassword mypassword123 password1password
    adminadmin1 administrator1 rootrootroot welcometothe welcome2world 1password1 notmypassword secretsecret
    superman123 spiderman123 batmanbatman michaeljordan liverpoolfc manchesterunited chelseafc1905 barcelona10
    realmadrid10 pokemon123456 minecraft123 starwars123 ilovejesus1 jesuschrist1 godisgood12 blessed123456
    """.split()  # noqa: SIM905 - a list to be read
)
WORDS = frozenset(
    """
    password passwort passwords passphrase motdepasse contrasena mypassword yourpassword newpassword thepassword
    admin administrator root superuser guest user username default changeme letmein welcome login secret access
    master qwerty qwertz azerty asdfgh zxcvbn iloveyou loveyou lovely sunshine princess dragon monkey football
    baseball basketball superman batman spiderman pokemon minecraft starwars michael jennifer jessica jordan
    charlie ashley daniel andrew thomas liverpool chelsea arsenal barcelona realmadrid juventus cheese flower
    shadow freedom whatever trustno trustnoone hello helloworld test testtest testing testuser demo market
    marketplace summer winter spring autumn computer internet google facebook samsung hunter killer mustang
    corvette ferrari mercedes hockey soccer pepper ginger cookie chocolate butterfly angel babygirl blessed
    forever family jesus heaven january february march april june july august september october november
    december monday tuesday wednesday thursday friday saturday sunday abc abcd abcdef passpass logmein openup
    opensesame money business vendor customer
    """.split()  # noqa: SIM905 - a list to be read
)
